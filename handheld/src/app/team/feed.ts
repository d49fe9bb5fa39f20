/** What the team did with its customers, from the timelines on this device. Pure but for reading. */
import type { Reader, Shown } from "../../device/api";

export type Entry = Shown<"timeline">;
export type Deed = Entry["deed"];

/** Left out unless asked for: customers entered, and what nobody met a customer for, reports and expenses too. As the office's feed. */
const UNTOLD: ReadonlySet<Deed> = new Set<Deed>(["customer", "report", "expense", "other"]);

export interface FeedLine {
  readonly entry: Entry;
  readonly customer: string;
  /** Of the note, where it is one. */
  readonly note: string | undefined;
}

export interface FeedDay {
  readonly day: string;
  readonly lines: readonly FeedLine[];
}

export interface Narrowed {
  readonly person: string | null;
  readonly deed: Deed | null;
}

/** Latest day first; within a day by the time that was said. */
export function feedOf(entries: readonly Entry[], { person, deed }: Narrowed): Entry[] {
  return entries
    .filter((each) => (person === null || each.done_by === person) && (deed === null ? !UNTOLD.has(each.deed) : each.deed === deed))
    .sort((one, other) => other.day_on.localeCompare(one.day_on) || other.at - one.at || other.id.localeCompare(one.id));
}

/** Where a tap leads: to the visit where it is one, else to the customer. */
export const wayOf = ({ deed, day_on, done_by, subject_id, customer_id }: Entry): string =>
  deed === "visit" && subject_id !== null ? `/team/${day_on}/${done_by}/${subject_id}` : `/customers/${customer_id}`;

/** All of these days that is on this device, at most so many of the latest; with who was met. */
export async function readFeed(read: Reader, from: string, to: string, narrowed: Narrowed, most: number): Promise<{ days: FeedDay[]; cut: boolean }> {
  const all = feedOf(await read.between("timeline", "day_on", from, to), narrowed);
  const shown = all.slice(0, most);
  const ids = [...new Set(shown.map((each) => each.customer_id))];
  const names = new Map(await Promise.all(ids.map(async (id) => [id, (await read.get("customers", id))?.name ?? ""] as const)));
  const lines = await Promise.all(
    shown.map(async (entry): Promise<FeedLine> => ({
      entry,
      customer: names.get(entry.customer_id) ?? "",
      note: entry.kind === "note" && entry.subject_id !== null ? (await read.get("notes", entry.subject_id))?.text : undefined,
    })),
  );
  const days = [...new Set(shown.map((each) => each.day_on))];
  return { days: days.map((day) => ({ day, lines: lines.filter((each) => each.entry.day_on === day) })), cut: all.length > most };
}
