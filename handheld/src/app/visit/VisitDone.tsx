import Button from "antd-mobile/es/components/button";
import { Link } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Fact, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { isUnplanned, stateOf, type Visit } from "../rows/visits";
import { nameOf } from "../today/VisitCard";
import { outcomes, sayChoice, sayReason, sayStanding, sayVerdict } from "../words/choices";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { reopen } from "./PlanActions";
import css from "./visit.module.css";

/** A visit that is over: plan and what came of it, side by side. */
export function VisitDone({ visit }: { readonly visit: Visit }) {
  const workspace = useWorkspace();
  const now = useNow();
  const zone = workspace.person.organisation.timezone;
  const when = (at: number | null | undefined) => (at === null || at === undefined ? i18n._("Not said") : sayInstant(at, now, zone));
  const state = sayStanding(stateOf(visit));
  const verdict = visit.location_verdict as Visit["location_verdict"] | undefined;
  return (
    <Screen title={nameOf(visit)} back="/">
      {visit.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      <Block title={i18n._("What came of it")} right={<Tag tone={state.tone}>{state.text}</Tag>}>
        {stateOf(visit) === "cancelled" ? (
          <>
            <dl>
              <Fact name={i18n._("Why")}>{visit.cancel_reason ?? i18n._("Not said")}</Fact>
            </dl>
            <Button fill="outline" onClick={() => void reopen(workspace, visit.id)}>
              {i18n._("It takes place after all")}
            </Button>
          </>
        ) : (
          <dl className={css.facts}>
            <Fact name={i18n._("Outcome")}>{visit.outcome ? sayChoice(outcomes(), visit.outcome) : i18n._("Not said")}</Fact>
            <Fact name={i18n._("Result")}>{visit.result ?? i18n._("Not said")}</Fact>
            {visit.next_step && <Fact name={i18n._("Next step")}>{visit.next_step}</Fact>}
            <Fact name={i18n._("Began")}>{when(visit.actual_started_at)}</Fact>
            <Fact name={i18n._("Ended")}>{when(visit.actual_ended_at)}</Fact>
            <Fact name={i18n._("Location")}>
              {verdict === undefined ? i18n._("Judged when it is sent") : <Judged visit={visit} />}
            </Fact>
          </dl>
        )}
      </Block>
      <Block title={i18n._("As planned")} right={isUnplanned(visit) ? <Tag tone="brand">{i18n._("Unplanned")}</Tag> : undefined}>
        <dl className={css.facts}>
          <Fact name={i18n._("Time")}>{when(visit.planned_start_at)}</Fact>
          <Fact name={i18n._("Place")}>{visit.place ?? i18n._("Not said")}</Fact>
          <Fact name={i18n._("Purpose")}>{visit.purpose ?? i18n._("Not said")}</Fact>
        </dl>
      </Block>
      {visit.customer_id !== null && visit.customer_id !== undefined && (
        <Link href={`/customers/${visit.customer_id}`}>{i18n._("Open the customer")}</Link>
      )}
    </Screen>
  );
}

function Judged({ visit }: { readonly visit: Visit }) {
  const { text, tone } = sayVerdict(visit.location_verdict);
  return (
    <>
      <Tag tone={tone}>{text}</Tag> {visit.location_reason && visit.location_reason !== "inside" && sayReason(visit.location_reason)}
      {visit.distance_m !== null && visit.location_verdict === "outside" && ` ${i18n._("{metres} m away", { metres: visit.distance_m })}`}
    </>
  );
}
