/** What the device does with the push part of an answer, with refused numbers, and with a new enrolment. */
import { StateDraft } from "../store/draft";
import { seenIn } from "../store/overlay";
import type { Writes } from "../store/ports";
import type { Entry } from "../store/records";
import { epochOf, loadState, pendingOf, type State } from "../store/state";
import { isRefused, type Decision } from "../wire/verdicts";
import { groupsOf, reopened } from "./entries";

/**
 * Takes the verdicts on what was sent under this enrolment (M9). False when that changed nothing.
 *
 * Only a verdict takes an entry out of the queue; one that comes twice, or late, is the same as the first time.
 * epoch: the history that visible_at counts in.
 */
export async function settle(
  writes: Writes,
  state: State,
  enrolment: string,
  sent: readonly number[],
  decisions: readonly Decision[],
  epoch: string | null,
): Promise<boolean> {
  const asked = new Set(sent);
  const waiting = new Map<number, Entry>();
  for (const entry of pendingOf(state)) if (entry.enrolment === enrolment && asked.has(entry.n)) waiting.set(entry.n, entry);
  const draft = new StateDraft(state);
  for (const decision of decisions) {
    const entry = waiting.get(decision.n);
    waiting.delete(decision.n);
    if (!entry || decision.verdict === "retry") continue;
    if (isRefused(decision.verdict)) {
      draft.refuse(entry, decision.verdict, decision);
      continue;
    }
    const settled = { ...entry, verdict: decision.verdict, visible_at: decision.visible_at, epoch, server_row: decision.row };
    if (seenIn(settled, epochOf(state.checkpoint), state.checkpoint.head)) draft.dropEntry(entry);
    else draft.putEntry(settled);
  }
  return draft.commit(writes);
}

/**
 * The server has nothing from this number on: what was settled there is pending again. False when the device does not have
 * that number any more, so that it can not go on under this enrolment.
 */
export async function reopen(writes: Writes, state: State, expected: number): Promise<boolean> {
  const draft = new StateDraft(state);
  for (const entry of state.entries.values()) {
    if (entry.verdict !== null && entry.enrolment === state.counters.enrolment && entry.n >= expected) {
      draft.putEntry(reopened(entry));
    }
  }
  await draft.commit(writes);
  const first = pendingOf(await loadState(writes))[0];
  return first !== undefined && first.n <= expected;
}

/** Goes on under a new enrolment: what is pending is numbered from 1, in the order its author made it, groups whole (M25). */
export async function renumber(writes: Writes, enrolment: string): Promise<void> {
  const state = await loadState(writes);
  if (state.counters.enrolment === enrolment) return;
  const draft = new StateDraft(state);
  let n = 0;
  const groups = groupsOf(pendingOf(state));
  groups.forEach((entries, place) => {
    for (const entry of entries) draft.putEntry({ ...entry, enrolment, n: (n += 1), group: place + 1 });
  });
  draft.number({ enrolment, nextN: n + 1, nextGroup: groups.length + 1, nextSerial: state.counters.nextSerial });
  await draft.commit(writes);
}
