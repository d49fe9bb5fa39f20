/**
 * Checking in. The tap is the start; the position comes seconds later or not at all, and one operation carries both. So the
 * time of the tap is kept at once (as a draft, in case the app is closed meanwhile), and `start` is made when the position
 * is there, was refused, took too long, or the person does not want to wait.
 */
import { useSyncExternalStore } from "react";
import type { Group, Workspace } from "../../device/api";
import { dayOf } from "../words/times";
import { stateOf, type Visit } from "../rows/visits";
import { askPosition, type Answer, type Fix, type NoFix } from "./position";

export type CheckIn =
  | { readonly kind: "asking"; readonly startedAt: number; readonly skip: () => Promise<void> }
  | { readonly kind: "placed"; readonly startedAt: number; readonly fix: Fix }
  | { readonly kind: "unplaced"; readonly startedAt: number; readonly why: NoFix };

const known = new Map<string, CheckIn>();
const listeners = new Set<() => void>();

function put(visit: string, state: CheckIn): void {
  known.set(visit, state);
  for (const listener of listeners) listener();
}

/** What this app knows of a visit's check-in since it was opened; later the row itself tells. */
export function useCheckIn(visit: string): CheckIn | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known.get(visit),
  );
}

const formOf = (visit: string): string => `check-in:${visit}`;

/** Begin. A second tap while it is being asked does nothing. startedAt: of a check-in that the closing of the app cut off. */
export function checkIn(workspace: Workspace, visit: Visit, startedAt = Date.now()): void {
  if (known.get(visit.id)?.kind === "asking" || stateOf(visit) !== "planned") return;
  const waiting = new AbortController();
  void workspace.drafts.put(formOf(visit.id), { startedAt });
  const settled = askPosition(waiting.signal).then(async (answer) => {
    await workspace.act(
      (group) => {
        startIn(group, visit, startedAt, answer, workspace.person.organisation.timezone);
      },
      { draft: formOf(visit.id) },
    );
    put(
      visit.id,
      "fix" in answer ? { kind: "placed", startedAt, fix: answer.fix } : { kind: "unplaced", startedAt, why: answer.none },
    );
  });
  const skip = () => {
    waiting.abort();
    return settled;
  };
  put(visit.id, { kind: "asking", startedAt, skip });
  settled.catch(() => {
    // The row is gone (handed over, deleted): there is nothing to check in to, and the screen says so itself.
    known.delete(visit.id);
    void workspace.drafts.drop(formOf(visit.id));
  });
}

/** Go on with a check-in that was under way when the app was closed. The time of the tap counts, not that of now. */
export async function resumeCheckIn(workspace: Workspace, visit: Visit): Promise<void> {
  if (known.has(visit.id) || stateOf(visit) !== "planned") return;
  const kept = (await workspace.read((read) => read.draft(formOf(visit.id)))) as { startedAt?: number } | undefined;
  if (typeof kept?.startedAt === "number") checkIn(workspace, visit, kept.startedAt);
}

/** The operation, with what the row shows until the server's judgement is there. */
export function startIn(group: Group, visit: Pick<Visit, "id">, startedAt: number, answer: Answer, zone: string): void {
  const fix = "fix" in answer ? answer.fix : {};
  group.act("visits", "start", visit.id, { started_at: startedAt, ...fix }, {
    state: "in_progress",
    actual_started_at: startedAt,
    check_in_at: startedAt,
    day_on: dayOf(startedAt, zone),
    ...fix,
  });
}
