import type { ReactNode } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Fact, Facts } from "../parts/Block";
import { Tag } from "../parts/Tag";
import { peopleOf } from "../people/list";
import { useNames } from "../rows/staff";
import { isUnplanned, stateOf, type Visit } from "../rows/visits";
import { outcomes, sayChoice, sayReason, sayStanding, sayVerdict } from "../words/choices";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";

/** Plan and event of a visit, to be read. children: what can be done about one that was cancelled. */
export function VisitFacts({ visit, children }: { readonly visit: Visit; readonly children?: ReactNode }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameFor = useNames();
  const zone = person.organisation.timezone;
  const when = (at: number | null | undefined) => (at === null || at === undefined ? i18n._("Not said") : sayInstant(at, now, zone));
  const state = sayStanding(stateOf(visit));
  const verdict = visit.location_verdict as Visit["location_verdict"] | undefined;
  return (
    <>
      {stateOf(visit) !== "planned" && (
        <Block title={i18n._("What came of it")} right={<Tag tone={state.tone}>{state.text}</Tag>}>
          {stateOf(visit) === "cancelled" ? (
            <>
              <Facts>
                <Fact name={i18n._("Why")}>{visit.cancel_reason ?? i18n._("Not said")}</Fact>
              </Facts>
              {children}
            </>
          ) : (
            <Facts>
              <Fact name={i18n._("Outcome")}>{visit.outcome ? sayChoice(outcomes(), visit.outcome) : i18n._("Not said")}</Fact>
              <Fact name={i18n._("Result")}>{visit.result ?? i18n._("Not said")}</Fact>
              {visit.next_step && <Fact name={i18n._("Next step")}>{visit.next_step}</Fact>}
              {visit.nothing_next && <Fact name={i18n._("Nothing follows")}>{visit.nothing_next}</Fact>}
              {visit.impression && <Fact name={i18n._("Impression of the customer")}>{visit.impression}</Fact>}
              <Fact name={i18n._("Began")}>{when(visit.actual_started_at)}</Fact>
              <Fact name={i18n._("Ended")}>{when(visit.actual_ended_at)}</Fact>
              <Fact name={i18n._("Location")}>
                {verdict === undefined ? i18n._("Judged when it is sent") : <Judged verdict={verdict} reason={visit.location_reason} distance={visit.distance_m} />}
              </Fact>
              {typeof visit.out_latitude_e7 === "number" && (
                <Fact name={i18n._("Location at the end")}>
                  {visit.out_verdict ? (
                    <Judged verdict={visit.out_verdict} reason={visit.out_reason} distance={visit.out_distance_m} />
                  ) : (
                    i18n._("Judged when it is sent")
                  )}
                </Fact>
              )}
            </Facts>
          )}
        </Block>
      )}
      <Block title={i18n._("As planned")} right={isUnplanned(visit) ? <Tag tone="brand">{i18n._("Unplanned")}</Tag> : undefined}>
        <Facts>
          <Fact name={i18n._("Time")}>{when(visit.planned_start_at)}</Fact>
          <Fact name={i18n._("Place")}>{visit.place ?? i18n._("Not said")}</Fact>
          {visit.people && <Fact name={i18n._("Who comes along")}>{peopleOf(visit.people).map(nameFor).join(", ")}</Fact>}
          <Fact name={i18n._("Purpose")}>{visit.purpose ?? i18n._("Not said")}</Fact>
        </Facts>
      </Block>
    </>
  );
}

interface JudgedProps {
  readonly verdict: Visit["location_verdict"];
  readonly reason: Visit["location_reason"];
  readonly distance: number | null;
}

/** In metres as long as a number of them says something. */
function sayAway(metres: number): string {
  return metres < 1000 ? i18n._("{metres} m away", { metres }) : i18n._("{km} km away", { km: Math.round(metres / 1000) });
}

function Judged({ verdict, reason, distance }: JudgedProps) {
  const { text, tone } = sayVerdict(verdict);
  return (
    <>
      <Tag tone={tone}>{text}</Tag> {reason && reason !== "inside" && sayReason(reason)}
      {distance !== null && verdict === "outside" && ` ${sayAway(distance)}`}
    </>
  );
}
