/** What is kept on the device, by name and type. */
import type { Cursor } from "../wire/cursors";
import type { Members } from "../wire/reading";
import type { Verdict } from "../wire/verdicts";

/** enrolment: null before the first sign-in. The next numbers to give out. */
export interface Counters {
  readonly enrolment: string | null;
  readonly nextN: number;
  readonly nextGroup: number;
  readonly nextSerial: number;
}

/** What was last adopted. cursor: null before the first. head: of the snapshot it shows. */
export interface Checkpoint {
  readonly cursor: Cursor | null;
  readonly head: number;
}

/** Answers kept but not adopted. reset: they start from nothing. answers: how many are kept. rows: how many came in them. */
export interface Staging {
  readonly cursor: Cursor | null;
  readonly reset: boolean;
  readonly answers: number;
  readonly rows: number;
}

/** A row as the server last gave it, and the buckets it is held for. */
export interface Adopted {
  readonly version: number;
  readonly values: Members;
  readonly buckets: readonly string[];
}

/** shown: the values on show while own entries are replayed on top, null when they hide the row. unsent: some are pending. */
export interface Own {
  readonly shown: Members | null;
  readonly unsent: boolean;
}

/** Everything about one row. Never both null. */
export interface RowRecord {
  readonly adopted: Adopted | null;
  readonly own: Own | null;
}

/**
 * One operation on the device (docs/protocol.md §6).
 *
 * serial: order in which the person acted; never changes. enrolment, n, group: as sent; given anew under a new enrolment.
 * effect: what it shows until the server's row is there. verdict: null while pending; else it is settled and stays until a
 * checkpoint of visible_at is adopted. epoch: the history visible_at counts in. server_row: values that came with the verdict.
 */
export interface Entry {
  readonly serial: number;
  readonly enrolment: string;
  readonly n: number;
  readonly group: number;
  readonly collection: string;
  readonly action: string;
  readonly row: string;
  readonly base: number;
  readonly values: Members;
  readonly effect: Members;
  readonly made_at: number;
  readonly verdict: Verdict | null;
  readonly visible_at: number | null;
  readonly epoch: string | null;
  readonly server_row: Members | null;
}

/** A refused operation, kept for its author with the reason. */
export interface Mend {
  readonly entry: Entry;
  readonly verdict: "rejected" | "skipped";
  readonly code: string | null;
  readonly params: Members;
  readonly row: Members | null;
}

export const NEW_COUNTERS: Counters = { enrolment: null, nextN: 1, nextGroup: 1, nextSerial: 1 };
export const NO_CHECKPOINT: Checkpoint = { cursor: null, head: 0 };

/** Keys of numbers sort as the numbers do. */
export function serialKey(serial: number): string {
  return String(serial).padStart(12, "0");
}

/** The values and version a person sees, null when there is no row to see. */
export function onShow(record: RowRecord | undefined): { readonly values: Members; readonly version: number } | null {
  if (!record) return null;
  const values = record.own ? record.own.shown : (record.adopted?.values ?? null);
  return values && { values, version: record.adopted?.version ?? 0 };
}
