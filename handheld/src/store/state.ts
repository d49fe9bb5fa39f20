/** The device's state as one transaction finds it. Read anew in each, so that several tabs are one device. */
import { sameCursor, type Cursor } from "../wire/cursors";
import type { Reads } from "./ports";
import { NEW_COUNTERS, NO_CHECKPOINT, type Checkpoint, type Counters, type Entry, type RowRecord, type Staging } from "./records";

export interface State {
  readonly reads: Reads;
  readonly counters: Counters;
  readonly checkpoint: Checkpoint;
  readonly staging: Staging | null;
  /** The queue by serial, in order: pending and settled. */
  readonly entries: ReadonlyMap<number, Entry>;
}

export async function loadState(reads: Reads): Promise<State> {
  const [counters, checkpoint, staging] = await reads.getMany("meta", ["counters", "checkpoint", "staging"]);
  const entries = await reads.scan("queue");
  return {
    reads,
    counters: (counters as Counters | undefined) ?? NEW_COUNTERS,
    checkpoint: (checkpoint as Checkpoint | undefined) ?? NO_CHECKPOINT,
    staging: (staging as Staging | undefined) ?? null,
    entries: new Map(entries.map(([, entry]) => [(entry as Entry).serial, entry as Entry])),
  };
}

/** The cursor to ask with: of what is staged, else of what is adopted. */
export function pullCursor(state: State): Cursor | null {
  return state.staging ? state.staging.cursor : state.checkpoint.cursor;
}

/** Whether an answer to this question is still wanted (M13). */
export function wouldAsk(state: State, cursor: Cursor | null): boolean {
  return sameCursor(pullCursor(state), cursor);
}

export function epochOf(checkpoint: Checkpoint): string | null {
  return checkpoint.cursor?.epoch ?? null;
}

/** Entries without a verdict, in order. */
export function pendingOf(state: State): Entry[] {
  return [...state.entries.values()].filter((entry) => entry.verdict === null);
}

export function hasPending(state: State): boolean {
  return [...state.entries.values()].some((entry) => entry.verdict === null);
}

/** All rows that the server gave, by key. */
export async function adoptedRows(state: State): Promise<[string, RowRecord][]> {
  const rows = (await state.reads.scan("rows")) as [string, RowRecord][];
  return rows.filter(([, record]) => record.adopted !== null);
}
