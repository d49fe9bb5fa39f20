/** What a visit means on screen: where it stands, in which day, in what order (docs/rules/fieldwork.md). Pure but for reading. */
import type { Reader, Shown } from "../../device/api";
import type { Rows } from "../../wire";
import { dayOf, endOf } from "../words/times";

export type Visit = Shown<"visits">;

/**
 * silent: planned for a day that is over, and nothing was heard of it yet. missed: 72 hours later still nothing. Both are
 * worked out from day, state and clock, as on the server (rule F5), so they are right without a network.
 */
export type Standing = Rows["visits"]["state"] | "silent" | "missed";

type Planned = Pick<Visit, "state" | "planned_on">;
type Timed = Planned & Pick<Visit, "planned_start_at" | "actual_started_at">;

const SILENCE_MS = 72 * 3_600_000;
const LATE_MS = 15 * 60_000;

/** A row made here shows only what was typed until the server has answered; the rest is as the server will set it. */
export function stateOf(visit: Pick<Visit, "state">): Rows["visits"]["state"] {
  return (visit.state) ?? "planned";
}

export function dayOn(visit: Visit, zone: string, now: number): string {
  const claimed = visit.actual_started_at ?? visit.actual_ended_at;
  return (visit.day_on) ?? visit.planned_on ?? dayOf(claimed ?? now, zone);
}

export function standingOf(visit: Planned, now: number, zone: string): Standing {
  const state = stateOf(visit);
  if (state !== "planned" || visit.planned_on === null || visit.planned_on === undefined) return state;
  const over = endOf(visit.planned_on, zone);
  if (now < over) return "planned";
  return now < over + SILENCE_MS ? "silent" : "missed";
}

/** Began more than 15 minutes after its time, or should have by now; the second only while its day lasts (rule F5). */
export function isLate(visit: Timed, now: number, zone: string): boolean {
  if (visit.planned_start_at === null || visit.planned_start_at === undefined) return false;
  const began = visit.actual_started_at ?? (standingOf(visit, now, zone) === "planned" ? now : null);
  return began !== null && began > visit.planned_start_at + LATE_MS;
}

/** Nobody had planned it for any day. */
export const isUnplanned = (visit: Visit): boolean =>
  (visit.planned_on ?? null) === null && stateOf(visit) !== "planned" && stateOf(visit) !== "cancelled";

export const importanceOf = (visit: Visit): number =>
  ((visit.importance as number | undefined) ?? 2) * ((visit.urgency as number | undefined) ?? 2);

/** By time; what has none after what has, the most important and urgent first (domain row 68). */
export function byTimeThenWeight(one: Visit, other: Visit): number {
  const [a, b] = [timeOf(one), timeOf(other)];
  if (a !== b) return a - b;
  return importanceOf(other) - importanceOf(one) || one.id.localeCompare(other.id);
}

/** Of these visits the first one that this person is to make that day and nobody has begun. */
export const openPlanned = (visits: readonly Visit[], day: string, me: string): Visit | undefined =>
  visits
    .filter((each) => each.planned_on === day && stateOf(each) === "planned" && ((each.assignee_id as string | undefined) ?? me) === me)
    .sort(byTimeThenWeight)[0];

const timeOf = (visit: Visit): number => visit.planned_start_at ?? visit.actual_started_at ?? Number.POSITIVE_INFINITY;

/** A person's visits of a day, in order. */
export async function visitsOfDay(read: Reader, day: string, person: string, zone: string, now: number): Promise<Visit[]> {
  // What was made here and is not confirmed has no day of the server's yet, so the planned one is asked too.
  const [counted, planned] = await Promise.all([
    read.where("visits", "day_on", day),
    read.where("visits", "planned_on", day),
  ]);
  const found = new Map([...counted, ...planned].map((visit) => [visit.id, visit]));
  return [...found.values()]
    .filter((visit) => isOf(visit, person) && dayOn(visit, zone, now) === day)
    .sort(byTimeThenWeight);
}

const isOf = (visit: Visit, person: string): boolean => ((visit.assignee_id as string | undefined) ?? person) === person;
