/**
 * What a team planned for a day against what happened, counted from the rows on this device: the numbers of the office's board
 * (docs/rules/fieldwork.md, F5 and F10), which work without a network. Pure; both pass tests/server/insight/cases/.
 */
import type { Rows } from "../../wire";
import { isLate, standingOf, type Standing } from "../rows/visits";

/** What is counted of a visit. */
export type Line = Pick<
  Rows["visits"],
  "state" | "planned_on" | "day_on" | "planned_start_at" | "actual_started_at" | "location_verdict"
>;

/** What is counted of an activity. */
export type Contact = Pick<Rows["activities"], "channel">;

/** A moment in the organisation's zone. */
export interface Moment {
  readonly now: number;
  readonly zone: string;
}

/**
 * Numbers of one day. planned: lines planned for it; kept (done, on whatever day), in_progress, open, cancelled, not_heard_from
 * and missed add up to it. done: visits that took place on the day; unplanned: those, and those under way, that nobody had
 * planned. outside, unverified: by the verdict on their check-in. calls: with customers, either way; contacts: all other activities.
 */
export interface Counts {
  readonly planned: number;
  readonly kept: number;
  readonly in_progress: number;
  readonly open: number;
  readonly cancelled: number;
  readonly not_heard_from: number;
  readonly missed: number;
  readonly done: number;
  readonly unplanned: number;
  readonly late: number;
  readonly outside: number;
  readonly unverified: number;
  readonly calls: number;
  readonly contacts: number;
}

export const NONE: Counts = {
  planned: 0, kept: 0, in_progress: 0, open: 0, cancelled: 0, not_heard_from: 0, missed: 0,
  done: 0, unplanned: 0, late: 0, outside: 0, unverified: 0, calls: 0, contacts: 0,
};

const OF_PLAN: Readonly<Record<Standing, keyof Counts>> = {
  done: "kept", in_progress: "in_progress", planned: "open", cancelled: "cancelled", silent: "not_heard_from", missed: "missed",
};

export const CALLS: ReadonlySet<string> = new Set(["call_in", "call_out"]);

/** The numbers of one person. lines: his visits, at least those that are planned for the day or stand in it. contacts: his activities of the day. */
export function countsOf(lines: Iterable<Line>, on: string, { now, zone }: Moment, contacts: Iterable<Contact> = []): Counts {
  const counts: { -readonly [Name in keyof Counts]: number } = { ...NONE };
  for (const { channel } of contacts) counts[CALLS.has(channel) ? "calls" : "contacts"] += 1;
  for (const line of lines) {
    if (line.planned_on === on) {
      counts.planned += 1;
      counts[OF_PLAN[standingOf(line, now, zone)]] += 1;
      if (isLate(line, now, zone)) counts.late += 1;
    }
    if (line.day_on !== on || (line.state !== "done" && line.state !== "in_progress")) continue;
    if (line.state === "done") counts.done += 1;
    if (line.planned_on === null) counts.unplanned += 1;
    if (line.location_verdict === "outside" && line.actual_started_at !== null) counts.outside += 1;
    if (line.location_verdict === "unverified") counts.unverified += 1;
  }
  return counts;
}

export function plus(one: Counts, other: Counts): Counts {
  const names = Object.keys(NONE) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as Counts;
}
