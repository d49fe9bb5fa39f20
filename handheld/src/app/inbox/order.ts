/** The inbox in the order in which a person goes through it, and the times to which he puts something off. Pure. */
import type { Shown } from "../../device/api";
import { addDays, dayOf, daysBetween, instantOf } from "../words/times";

export type Notice = Shown<"notices">;

export interface Inbox {
  readonly unread: readonly Notice[];
  readonly read: readonly Notice[];
  readonly snoozed: readonly Notice[];
}

/** Unread before read, the newest first; what is put off by when it comes back. A snooze that is over is unread again. */
export function sorted(notices: readonly Notice[], now: number): Inbox {
  const newest = [...notices].sort((one, other) => other.created_at - one.created_at || (one.id < other.id ? 1 : -1));
  const isUnread = (each: Notice) => each.state === "unread" || (each.state === "snoozed" && !isAsleep(each, now));
  return {
    unread: newest.filter(isUnread),
    read: newest.filter((each) => each.state === "read"),
    snoozed: newest
      .filter((each) => isAsleep(each, now))
      .sort((one, other) => (one.snoozed_until ?? 0) - (other.snoozed_until ?? 0)),
  };
}

const isAsleep = (notice: Notice, now: number) =>
  notice.state === "snoozed" && notice.snoozed_until !== null && notice.snoozed_until > now;

export type Until = "hour" | "evening" | "tomorrow" | "monday";

const HOUR_MS = 3_600_000;
const [MORNING, EVENING] = ["09:00", "17:00"];

/** The times that are offered now, in order; each is later than now, and none is offered twice. */
export function snoozes(now: number, zone: string): readonly (readonly [Until, number])[] {
  const today = dayOf(now, zone);
  const monday = addDays(today, 7 - (daysBetween("2024-01-01", today) % 7));
  const tomorrow = addDays(today, 1);
  const offered: (readonly [Until, number])[] = [["hour", now + HOUR_MS]];
  const evening = instantOf(today, EVENING, zone);
  if (evening > now + HOUR_MS) offered.push(["evening", evening]);
  offered.push(["tomorrow", instantOf(tomorrow, MORNING, zone)]);
  if (monday !== tomorrow) offered.push(["monday", instantOf(monday, MORNING, zone)]);
  return offered;
}
