/** What the device does with the pull part of an answer: keep it aside, and adopt all of it once it is complete. */
import { reopened } from "../queue/entries";
import { StateDraft } from "../store/draft";
import { seenIn } from "../store/overlay";
import type { Writes } from "../store/ports";
import type { RowRecord } from "../store/records";
import { adoptedRows, epochOf, pullCursor, type State } from "../store/state";
import type { ExchangeAnswer, PullAnswer } from "../wire/answer";
import { sameCursor, type Cursor } from "../wire/cursors";
import { bucketsAfter, fold, isEmpty, parseChanges, type Fold } from "../wire/pages";
import type { Members } from "../wire/reading";

/** True for an answer that no server gives to this question: an older answer on a newer request's line (M14). */
export function goesBack(state: State, asked: Cursor | null, answer: ExchangeAnswer, pull: PullAnswer): boolean {
  if (pull.cursor.epoch === epochOf(state.checkpoint) && answer.head < state.checkpoint.head) return true;
  if (pull.reset) return false;
  if (asked === null || asked.epoch !== pull.cursor.epoch) return true;
  const after = pull.cursor.buckets;
  return Object.entries(asked.buckets).some(
    ([name, position]) => !pull.changes.left.includes(name) && (after[name] ?? -1) < position,
  );
}

/** Stages an answer or, when it is the last, adopts everything staged with it (M15, M16). False when it changed nothing. */
export async function take(writes: Writes, state: State, pull: PullAnswer, head: number): Promise<boolean> {
  const draft = new StateDraft(state);
  const reset = pull.reset || (state.staging?.reset ?? false);
  const kept = await writes.scan("staged");
  if (pull.complete) {
    const earlier = pull.reset ? [] : kept.map(([, answer]) => parseChanges(answer as Members));
    await adopt(state, draft, fold([...earlier, pull.changes]), pull.cursor, head, reset);
    draft.clearStaging(kept.map(([key]) => key));
    return draft.commit(writes);
  }
  const empty = isEmpty(pull.changes);
  if (!pull.reset && empty && sameCursor(pull.cursor, pullCursor(state))) return false;
  if (pull.reset) draft.clearStaging(kept.map(([key]) => key));
  const before = pull.reset ? null : state.staging;
  const { left, pages, bucket_names, removals } = pull.wire;
  const rows = (before?.rows ?? 0) + pull.changes.rows.length + pull.changes.removals.length;
  draft.stage({ cursor: pull.cursor, reset, answers: before?.answers ?? 0, rows }, empty ? null : { left, pages, bucket_names, removals });
  return draft.commit(writes);
}

/** Reads these buckets again from their beginning. Their rows stay on show until the new reading is complete (M29). */
export async function letGo(writes: Writes, state: State, buckets: readonly string[]): Promise<void> {
  const cursor = pullCursor(state);
  if (cursor === null || buckets.length === 0) return;
  const left = [...buckets].sort();
  const positions = Object.entries(cursor.buckets).filter(([name]) => !left.includes(name));
  const staging = state.staging ?? { cursor, reset: false, answers: 0, rows: 0 };
  const draft = new StateDraft(state);
  draft.stage(
    { ...staging, cursor: { epoch: cursor.epoch, buckets: Object.fromEntries(positions) } },
    { left, pages: [], bucket_names: [], removals: [] },
  );
  await draft.commit(writes);
}

async function adopt(state: State, draft: StateDraft, changes: Fold, cursor: Cursor, head: number, reset: boolean): Promise<void> {
  if (reset || changes.dropped.size > 0) {
    for (const [key, { adopted }] of await adoptedRows(state)) {
      if (adopted === null || changes.moves.has(key)) continue;
      const buckets = reset ? [] : adopted.buckets.filter((bucket) => !changes.dropped.has(bucket));
      if (buckets.length !== adopted.buckets.length) draft.hold(key, buckets.length > 0 ? { ...adopted, buckets } : null);
    }
  }
  const keys = [...changes.moves.keys()];
  const records = (await state.reads.getMany("rows", keys)) as (RowRecord | undefined)[];
  keys.forEach((key, place) => {
    const held = records[place]?.adopted ?? null;
    const buckets = bucketsAfter(changes, key, reset || held === null ? [] : held.buckets);
    const pulled = changes.rows.get(key);
    if (buckets.length === 0) {
      if (held !== null) draft.hold(key, null);
    } else if (pulled) {
      draft.hold(key, { version: pulled.version, values: pulled.values, buckets });
    } else if (held !== null && buckets.join() !== held.buckets.join()) {
      draft.hold(key, { ...held, buckets });
    }
  });
  releaseSeen(state, draft, cursor.epoch, head);
  if (!sameCursor(state.checkpoint.cursor, cursor) || state.checkpoint.head !== head) draft.adopt({ cursor, head });
}

/**
 * Drops settled entries the new checkpoint shows (M12). One settled in a history that is gone is sent again: the server
 * answers from its ledger if it still has it, and takes it now if it lost it (M21).
 */
function releaseSeen(state: State, draft: StateDraft, epoch: string, head: number): void {
  for (const entry of state.entries.values()) {
    if (entry.verdict === null) continue;
    const isLost = entry.epoch !== null && entry.epoch !== epoch;
    if (seenIn(entry, epoch, head)) draft.dropEntry(entry);
    else if (isLost && entry.enrolment === state.counters.enrolment) draft.putEntry(reopened(entry));
    else if (isLost) draft.dropEntry(entry);
  }
}
