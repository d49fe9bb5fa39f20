import AddOutline from "antd-mobile-icons/es/AddOutline";
import Button from "../parts/Button";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty } from "../parts/Block";
import { DaySwitch } from "../parts/DaySwitch";
import { Screen } from "../parts/Screen";
import { dueOn } from "../rows/follow_ups";
import { standingOf, visitsOfDay, type Standing, type Visit } from "../rows/visits";
import { useNow, useToday } from "../words/now";
import { sayDay } from "../words/times";
import { FollowUpRow } from "./FollowUpRow";
import { useOwnDay } from "./shown_day";
import css from "./today.module.css";
import { VisitCard } from "./VisitCard";

/** A salesperson's day: what is to be done, what is under way, what was done, and whom to follow up. */
export function TodayScreen() {
  const today = useToday();
  const [day, setDay] = useOwnDay(today);
  const [, navigate] = useLocation();
  const { visits, due } = useDay(day, today);
  const groups = useGroups(visits);
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
      {visits && due && (
        <p className={css.sum} data-testid="sum">
          {i18n._("{left, plural, one {# visit} other {# visits}} to go, {done} done, {due} to follow up", {
            left: groups.open.length + groups.running.length,
            done: groups.done.length,
            due: due.length,
          })}
        </p>
      )}
      {visits?.length === 0 && (
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
      <Group title={i18n._("Under way")} visits={groups.running} />
      <Group title={day < today ? i18n._("Not logged") : i18n._("To do")} visits={groups.open} />
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
      <Group title={i18n._("Done")} visits={groups.done} />
      <Group title={i18n._("Cancelled")} visits={groups.cancelled} />
    </Screen>
  );
}

function useDay(day: string, today: string) {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const visits = useLive((read) => visitsOfDay(read, day, person.user.id, zone, Date.now()), [day]);
  const due = useLive((read) => dueOn(read, day, today, person.user.id), [day, today]);
  return { visits, due };
}

interface Groups {
  readonly running: Visit[];
  readonly open: Visit[];
  readonly done: Visit[];
  readonly cancelled: Visit[];
}

const GROUP_OF: Record<Standing, keyof Groups> = {
  in_progress: "running",
  planned: "open",
  silent: "open",
  missed: "open",
  done: "done",
  cancelled: "cancelled",
};

function useGroups(visits: readonly Visit[] | undefined): Groups {
  const { person } = useWorkspace();
  const now = useNow();
  const groups: Groups = { running: [], open: [], done: [], cancelled: [] };
  for (const visit of visits ?? []) groups[GROUP_OF[standingOf(visit, now, person.organisation.timezone)]].push(visit);
  return groups;
}

function Group({ title, visits }: { readonly title: string; readonly visits: readonly Visit[] }) {
  if (visits.length === 0) return null;
  return (
    <section className={css.group} aria-label={title}>
      <h2>{title}</h2>
      <ul className={css.cards}>
        {visits.map((visit) => (
          <li key={visit.id}>
            <VisitCard visit={visit} />
          </li>
        ))}
      </ul>
    </section>
  );
}
