/** What the loop says of itself, kept in the store so that every tab sees it, whichever of them does the work. */
import type { Reads, Storage } from "../store/ports";
import { loadState } from "../store/state";

export type TroubleKind = "later" | "sign-in" | "upgrade" | "blocked";

/**
 * later: it tries again by itself at retryAt. sign-in: this person signs in again; nothing is lost. upgrade: reload for a newer
 * app. blocked: a fault of the app or a person shut out; detail and requestId are for a report.
 */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly code: string | null;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly retryAt: number | null;
}

/** attempts: how many came to an end, so that whoever asked for one knows when it is over. */
export interface Report {
  readonly attempts: number;
  readonly syncing: boolean;
  readonly lastSync: number | null;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly trouble: Trouble | null;
}

export const NO_REPORT: Report = { attempts: 0, syncing: false, lastSync: null, progress: null, trouble: null };

export async function readReport(reads: Reads): Promise<Report> {
  return ((await reads.get("meta", "report")) as Report | undefined) ?? NO_REPORT;
}

export function report(storage: Storage, change: (now: Report) => Report): Promise<void> {
  return storage.change(async (writes) => {
    const now = await readReport(writes);
    await writes.put([{ table: "meta", key: "report", value: change(now) }]);
  });
}

/** What is left to do, from the store alone. */
export interface Backlog {
  readonly unsent: number;
  readonly unsentSince: number | null;
  readonly unsentFiles: number;
  readonly mend: number;
  readonly first: boolean;
}

export async function readBacklog(reads: Reads): Promise<Backlog> {
  const state = await loadState(reads);
  const pending = [...state.entries.values()].filter((entry) => entry.verdict === null);
  const files = await reads.scan("files", "info/");
  return {
    unsent: pending.length,
    unsentSince: pending.reduce<number | null>((least, { made_at }) => Math.min(least ?? made_at, made_at), null),
    unsentFiles: files.filter(([, info]) => (info as { state: string }).state === "unsent").length,
    mend: await reads.count("mend"),
    first: state.checkpoint.cursor === null,
  };
}
