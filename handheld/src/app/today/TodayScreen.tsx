import AddOutline from "antd-mobile-icons/es/AddOutline";
import Button from "../parts/Button";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row, TextLink } from "../parts/Block";
import { DaySwitch } from "../parts/DaySwitch";
import { Screen } from "../parts/Screen";
import { useMay } from "../rights/useRights";
import { dueOn } from "../rows/follow_ups";
import { takenAlong } from "../rows/copies";
import { useNames } from "../rows/staff";
import { tasksDue } from "../rows/tasks";
import type { Visit } from "../rows/visits";
import { useBeside } from "../shell/beside";
import { useIsWide } from "../shell/wide";
import { TaskRow } from "../tasks/TaskRow";
import { OwnTargets } from "../targets/OwnTargets";
import { useToday } from "../words/now";
import { clockOf, sayDay } from "../words/times";
import { toCome, useGroups } from "./day";
import { DayPlanBlock } from "./DayPlan";
import { FollowUpRow } from "./FollowUpRow";
import { useOwnDay } from "./shown_day";
import css from "./today.module.css";
import { VisitCard } from "./VisitCard";

/** A salesperson's day: what is to be done, what is under way, what was done, and whom to follow up. */
export function TodayScreen() {
  const today = useToday();
  const [day, setDay] = useOwnDay(today);
  const [path, navigate] = useLocation();
  const { person } = useWorkspace();
  const groups = useGroups(day);
  const due = useLive((read) => dueOn(read, day, today, person.user.id), [day, today]);
  const tasks = useLive((read) => tasksDue(read, day, today, person.user.id), [day, today]);
  const mayWrite = useMay("fieldwork.write");
  const along = useLive((read) => takenAlong(read, day, day, person.user.id), [day]);
  const nameOf = useNames();
  const isWide = useIsWide();
  const beside = useBeside("today", toCome(groups));
  const shown = isWide && path === "/" ? beside : undefined;
  const add = () => {
    navigate("/visits/new");
  };
  return (
    <Screen
      title={sayDay(day, today)}
      head={<DaySwitch day={day} today={today} onChange={setDay} />}
      actions={
        <Button color="primary" onClick={add}>
          <AddOutline aria-hidden /> {i18n._("Visit")}
        </Button>
      }
    >
      {groups && due && (
        <p className={css.sum} data-testid="sum">
          {i18n._("{left, plural, one {# visit} other {# visits}} to go, {done} done, {due} to follow up", {
            left: groups.open.length + groups.running.length,
            done: groups.done.length,
            due: due.length,
          })}
        </p>
      )}
      {groups && Object.values(groups).every((each: readonly Visit[]) => each.length === 0) && (
        <Block>
          <Empty
            title={day < today ? i18n._("No visits on this day") : i18n._("Nothing planned yet")}
            action={
              <Button color="primary" size="large" onClick={add}>
                {i18n._("Add a visit")}
              </Button>
            }
          >
            {i18n._("Plan a visit, or log one that you are making or have just made.")}
          </Empty>
        </Block>
      )}
      <Group title={i18n._("Under way")} visits={groups?.running ?? []} shown={shown} />
      <Group title={day < today ? i18n._("Not logged") : i18n._("To do")} visits={groups?.open ?? []} shown={shown} />
      {along && along.length > 0 && (
        <Block title={i18n._("With colleagues")}>
          {along.map((each) => (
            <Row
              key={each.id}
              to={`/copies/${each.id}`}
              title={each.customer_name ?? each.place ?? i18n._("a customer")}
              sub={[each.start_at !== null && clockOf(each.start_at, person.organisation.timezone), nameOf(each.from_id), each.text].filter(Boolean).join(" · ")}
            />
          ))}
        </Block>
      )}
      {due && due.length > 0 && (
        <Block title={i18n._("To follow up")}>
          <ul className={css.rows}>
            {due.map((each) => (
              <li key={each.id}>
                <FollowUpRow followUp={each} today={today} />
              </li>
            ))}
          </ul>
        </Block>
      )}
      {tasks && tasks.length > 0 && (
        <Block title={i18n._("Tasks")}>
          <ul className={css.rows}>
            {tasks.map((each) => (
              <li key={each.id}>
                <TaskRow task={each} today={today} />
              </li>
            ))}
          </ul>
        </Block>
      )}
      {day <= today && groups && groups.done.length > 0 && mayWrite && (
        <TextLink to={`/reports/write/daily/${day}`}>{i18n._("Report of the day")}</TextLink>
      )}
      {day >= today && groups && <DayPlanBlock day={day} visits={Object.values(groups).flat()} />}
      <OwnTargets day={day} />
      <TextLink to="/calendar">{i18n._("Calendar of the week")}</TextLink>
      <Group title={i18n._("Done")} visits={groups?.done ?? []} shown={shown} />
      <Group title={i18n._("Cancelled")} visits={groups?.cancelled ?? []} shown={shown} />
    </Screen>
  );
}

interface GroupProps {
  readonly title: string;
  readonly visits: readonly Visit[];
  /** The one that stands beside the list. */
  readonly shown: string | undefined;
}

function Group({ title, visits, shown }: GroupProps) {
  if (visits.length === 0) return null;
  return (
    <section className={css.group} aria-label={title}>
      <h2>{title}</h2>
      <ul className={css.cards}>
        {visits.map((visit) => (
          <li key={visit.id}>
            <VisitCard visit={visit} isShown={visit.id === shown} />
          </li>
        ))}
      </ul>
    </section>
  );
}
