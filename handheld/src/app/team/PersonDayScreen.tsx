import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row, TextLink } from "../parts/Block";
import { LongText } from "../parts/LongText";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { byTimeThenWeight, isLate, isUnplanned, standingOf, type Visit } from "../rows/visits";
import type { Named } from "../shell/routes";
import { nameOf } from "../today/VisitCard";
import { sayStanding, sayVerdict } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { clockOf, sayDay, sayDayWithin, sayInstant } from "../words/times";
import { countsOf } from "./day";
import css from "./team.module.css";
import { Warnings } from "./TeamScreen";
import { readDay } from "./team";

/** One person's day: plan and what came of it, line by line. */
export function PersonDayScreen({ named }: { readonly named: Named }) {
  const { day = "", person: id = "" } = named;
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const [now, today] = [useNow(), useToday()];
  const found = useLive((read) => readDay(read, day, person.user.id), [day]);
  const name = found?.staff.find((each) => each.id === id)?.name ?? i18n._("A colleague");
  const title = i18n._("{name}, {day}", { name, day: sayDay(day, today) });
  if (!found) return <Screen title={title} back="/team">{null}</Screen>;
  const visits = found.visits.filter((each) => each.assignee_id === id).sort(byTimeThenWeight);
  const counts = countsOf(visits, day, { now, zone }, found.activities.filter((each) => each.author_id === id));
  const plan = found.plans.filter((each) => each.owner_id === id).at(-1);
  return (
    <Screen title={title} back="/team">
      <Block>
        <p>
          {i18n._("{planned} planned, {kept} of them done; {done} done on the day, {unplanned} unplanned.", {
            planned: counts.planned,
            kept: counts.kept,
            done: counts.done,
            unplanned: counts.unplanned,
          })}
        </p>
        {counts.calls + counts.contacts > 0 && (
          <p>
            {i18n._("{calls, plural, one {# call} other {# calls}}, {contacts, plural, one {# other contact} other {# other contacts}}.", {
              calls: counts.calls,
              contacts: counts.contacts,
            })}{" "}
            <TextLink to={`/team/feed/${id}`}>{i18n._("What was done, in the feed")}</TextLink>
          </p>
        )}
        <Warnings counts={counts} />
        <p className={css.soft}>
          {plan?.sent_at
            ? i18n._("Plan sent {when}", { when: sayInstant(plan.sent_at, now, zone) })
            : i18n._("No plan was sent for this day.")}
        </p>
        {plan?.note && (
          <p className={css.said}>
            <LongText text={i18n._("“{comment}”", { comment: plan.note })} />
          </p>
        )}
      </Block>
      {visits.length === 0 ? (
        <Block>
          <Empty title={i18n._("No visits on this day")} />
        </Block>
      ) : (
        <Block title={i18n._("Visits")}>
          <ul>
            {visits.map((visit) => (
              <li key={visit.id}>
                <VisitRow visit={visit} day={day} to={`/team/${day}/${id}/${visit.id}`} />
              </li>
            ))}
          </ul>
        </Block>
      )}
    </Screen>
  );
}

function VisitRow({ visit, day, to }: { readonly visit: Visit; readonly day: string; readonly to: string }) {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const [now, today] = [useNow(), useToday()];
  const { text, tone } = sayStanding(standingOf(visit, now, zone));
  const verdict = visit.state === "done" || visit.state === "in_progress" ? sayVerdict(visit.location_verdict) : null;
  const [planned, began] = [visit.planned_start_at, visit.actual_started_at];
  const times = [
    planned !== null && i18n._("planned {time}", { time: clockOf(planned, zone) }),
    began !== null && i18n._("began {time}", { time: clockOf(began, zone) }),
    visit.planned_on !== null && visit.planned_on !== day && i18n._("planned for {day}", { day: sayDayWithin(visit.planned_on, today) }),
    visit.day_on !== day && i18n._("done {day}", { day: sayDayWithin(visit.day_on, today) }),
  ].filter(Boolean);
  return (
    <Row
      to={to}
      title={nameOf(visit)}
      sub={
        <>
          {times.length > 0 ? times.join(" · ") : i18n._("Any time")}
          <span className={css.tags}>
            <Tag tone={tone}>{text}</Tag>
            {isLate(visit, now, zone) && <Tag tone="warn">{i18n._("Late")}</Tag>}
            {isUnplanned(visit) && <Tag tone="brand">{i18n._("Unplanned")}</Tag>}
            {verdict && visit.location_verdict !== "verified" && <Tag tone={verdict.tone}>{verdict.text}</Tag>}
          </span>
        </>
      }
    />
  );
}
