/**
 * What a report is filled in with, as the server says it too (server/fieldwork/reports/rules.py): the same cases are recorded
 * for both in tests/server/fieldwork/cases/reports.json. Pure but for reading.
 */
import type { Reader } from "../../device/api";
import { dayOn } from "../rows/visits";
import { CALLS } from "../team/day";
import { complete } from "../team/team";
import { addDays, dayOf } from "../words/times";

export type ReportKind = "daily" | "weekly";

/** Days, both included. */
export interface Period {
  readonly firstOn: string;
  readonly lastOn: string;
}

export interface Facts {
  readonly visits_planned: number;
  readonly visits_done: number;
  readonly visits_unplanned: number;
  readonly visits_open: number;
  readonly visits_cancelled: number;
  readonly calls: number;
  readonly contacts: number;
  readonly receptions: number;
  readonly customers_new: number;
  readonly follow_ups_done: number;
  readonly tasks_done: number;
  readonly questions_asked: number;
  readonly questions_open: number;
  readonly visits: readonly string[];
  readonly customers: readonly string[];
  readonly questions: readonly string[];
}

interface Doing {
  readonly id: string;
  readonly assignee_id: string;
  readonly state: string;
  readonly done_at: number | null;
}

export interface Happened {
  readonly visits: readonly { id: string; assignee_id: string; planned_on: string | null; day_on: string; state: string }[];
  readonly follow_ups: readonly Doing[];
  readonly tasks: readonly Doing[];
  readonly customers: readonly { id: string; owner_id: string; first_contact_on: string | null }[];
  readonly questions: readonly { id: string; author_id: string; state: string; asked_at: number }[];
  readonly activities: readonly { author_id: string; channel: string; day_on: string }[];
  readonly receptions: readonly { received_by: string; received_at: number }[];
}

/** Ids of one kind that a report names; the numbers count all. */
const LISTED = 100;

/** The days of the report that this day belongs to; a week is Monday to Sunday. */
export function periodOf(kind: ReportKind, day: string): Period {
  if (kind === "daily") return { firstOn: day, lastOn: day };
  const firstOn = addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
  return { firstOn, lastOn: addDays(firstOn, 6) };
}

export function factsOf(me: string, { firstOn, lastOn }: Period, zone: string, rows: Happened): Facts {
  const holds = (day: string | null) => day !== null && day >= firstOn && day <= lastOn;
  const then = (at: number | null) => at !== null && holds(dayOf(at, zone));
  const did = (each: Doing) => each.assignee_id === me && each.state === "done" && then(each.done_at);
  const visits = rows.visits.filter((each) => each.assignee_id === me);
  const planned = visits.filter((each) => holds(each.planned_on));
  const done = visits.filter((each) => each.state === "done" && holds(each.day_on));
  const met = rows.customers.filter((each) => each.owner_id === me && holds(each.first_contact_on));
  const questions = rows.questions.filter((each) => each.author_id === me);
  const asked = questions.filter((each) => then(each.asked_at));
  const contacts = rows.activities.filter((each) => each.author_id === me && holds(each.day_on));
  const calls = contacts.filter((each) => CALLS.has(each.channel)).length;
  return {
    visits_planned: planned.length,
    visits_done: done.length,
    visits_unplanned: done.filter((each) => each.planned_on === null).length,
    visits_open: planned.filter((each) => each.state === "planned" || each.state === "in_progress").length,
    visits_cancelled: planned.filter((each) => each.state === "cancelled").length,
    calls,
    contacts: contacts.length - calls,
    receptions: rows.receptions.filter((each) => each.received_by === me && then(each.received_at)).length,
    customers_new: met.length,
    follow_ups_done: rows.follow_ups.filter(did).length,
    tasks_done: rows.tasks.filter(did).length,
    questions_asked: asked.length,
    questions_open: questions.filter((each) => each.state === "open").length,
    visits: idsOf(done),
    customers: idsOf(met),
    questions: idsOf(asked),
  };
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((each) => each.id).sort().slice(0, LISTED);

/** The same from what is on this device. What was made here and is not sent is the person's own. */
export async function readFacts(read: Reader, me: string, period: Period, zone: string): Promise<Facts> {
  const { firstOn, lastOn } = period;
  const [here, planned, followUps, tasks, customers, questions, activities, logged, lines, received] = await Promise.all([
    read.between("visits", "day_on", firstOn, lastOn),
    read.between("visits", "planned_on", firstOn, lastOn),
    read.where("follow_ups", "assignee_id", me),
    read.where("tasks", "assignee_id", me),
    read.between("customers", "first_contact_on", firstOn, lastOn),
    read.all("questions"),
    read.between("activities", "day_on", firstOn, lastOn),
    read.unsent("activities"),
    read.between("timeline", "day_on", firstOn, lastOn), // of receptions it alone knows the day
    read.unsent("receptions"),
  ]);
  const now = Date.now();
  const visits = [...new Map([...here, ...planned].map((each) => [each.id, each])).values()];
  return factsOf(me, period, zone, {
    visits: visits.map((each) => ({ ...complete(each, me), day_on: dayOn(each, zone, now) })),
    follow_ups: followUps,
    tasks,
    customers: customers.map((each) => ({ ...each, owner_id: (each.owner_id as string | undefined) ?? me })),
    questions: questions.map((each) => ({
      ...each,
      author_id: (each.author_id as string | undefined) ?? me,
      state: (each.state as string | undefined) ?? "open",
      asked_at: (each.asked_at as number | undefined) ?? now,
    })),
    activities: [...activities, ...logged.map((each) => ({ ...each, author_id: me, day_on: dayOf((each.at as number | undefined) ?? now, zone) }))],
    receptions: [
      ...lines.filter((each) => each.deed === "reception").map((each) => ({ received_by: each.done_by, received_at: each.at })),
      ...received.map((each) => ({ received_by: me, received_at: (each.received_at as number | undefined) ?? now })),
    ],
  });
}
