/** The board as a supervisor reads it: whoever needs him first. Pure but for reading. */
import type { Reader, Shown } from "../../device/api";
import type { Member } from "../rights/rights";
import type { Visit } from "../rows/visits";
import { countsOf, NONE, plus, type Counts, type Moment } from "./day";

export interface PersonDay {
  readonly id: string;
  readonly name: string;
  readonly counts: Counts;
  readonly planSentAt: number | null;
  readonly lastSeenAt: number | null;
}

export interface Board {
  readonly people: readonly PersonDay[];
  readonly total: Counts;
}

export interface Day {
  readonly visits: readonly Visit[];
  readonly activities: readonly Shown<"activities">[];
  readonly plans: readonly Shown<"day_plans">[];
  readonly staff: readonly Shown<"staff">[];
}

/** A row made here shows only what was typed until the server has answered; the rest is as the server will set it. */
export function complete(visit: Visit, me: string): Visit {
  const unsaid = {
    state: "planned", assignee_id: me, planned_on: null, planned_start_at: null, planned_end_at: null, actual_started_at: null,
    actual_ended_at: null, customer_id: null, customer_name: null, place: null, purpose: null, location_verdict: "none",
    location_reason: null, importance: 2, urgency: 2, outcome: null, result: null, day_on: visit.planned_on ?? "",
  } as const;
  return { ...unsaid, ...visit };
}

/** Everything on this device that a day's board is counted from. me: whose visits name nobody until they are sent. */
export async function readDay(read: Reader, on: string, me: string): Promise<Day> {
  const [here, planned, activities, plans, staff] = await Promise.all([
    read.where("visits", "day_on", on),
    read.where("visits", "planned_on", on),
    read.where("activities", "day_on", on),
    read.where("day_plans", "plan_on", on),
    read.all("staff"),
  ]);
  const visits = [...new Map([...here, ...planned].map((visit) => [visit.id, complete(visit, me)])).values()];
  return { visits, activities, plans: plans.filter((each) => each.state !== "cancelled"), staff };
}

/** team: who stands on it by the office's word; whoever else has a line that day stands on it too. */
export function boardOf(day: Day, team: readonly Member[], on: string, moment: Moment): Board {
  const lines = new Map<string, Visit[]>();
  for (const visit of day.visits) lines.set(visit.assignee_id, [...(lines.get(visit.assignee_id) ?? []), visit]);
  const seen = new Map(team.map((each) => [each.user_id, each.last_seen_at]));
  const names = new Map(day.staff.map((each) => [each.id, each]));
  const ids = [...new Set([...team.map((each) => each.user_id), ...lines.keys()])].filter(
    (id) => lines.has(id) || names.get(id)?.state === "active",
  );
  const people = ids.map((id): PersonDay => {
    const sent = day.plans.filter((each) => each.owner_id === id).map((each) => each.sent_at);
    return {
      id,
      name: names.get(id)?.name ?? "",
      counts: countsOf(lines.get(id) ?? [], on, moment, day.activities.filter((each) => each.author_id === id)),
      planSentAt: sent.reduce((last, each) => (each !== null && each > (last ?? 0) ? each : last), null),
      lastSeenAt: seen.get(id) ?? null,
    };
  });
  const order = new Intl.Collator("zh-CN-u-co-pinyin");
  people.sort((one, other) => needOf(other.counts) - needOf(one.counts) || order.compare(one.name, other.name));
  return { people, total: people.reduce((sum, each) => plus(sum, each.counts), NONE) };
}

/** Nothing planned, and nothing done. */
export const isIdle = ({ planned, done, unplanned, calls, contacts }: Counts): boolean =>
  planned + done + unplanned + calls + contacts === 0;

const troubleOf = (counts: Counts): number => counts.missed * 3 + counts.not_heard_from * 2 + counts.late + counts.outside;

/** Something of his was missed, late or elsewhere, or is not heard from. */
export const isToAskAbout = ({ counts }: PersonDay): boolean => troubleOf(counts) > 0;

/** How much there is to ask about; a day without any line is something to ask about too. */
const needOf = (counts: Counts): number => troubleOf(counts) + (isIdle(counts) ? 0.5 : 0);
