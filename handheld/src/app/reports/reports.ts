/** Reports as lists, and what changed in one since it was read (docs/rules/fieldwork.md, F16). Pure. */
import type { Shown } from "../../device/api";
import type { ReportKind } from "./facts";

export type Report = Shown<"work_reports">;
export type TextName = "topic" | "summary" | "problems" | "next_plan";

export const TEXTS: readonly TextName[] = ["topic", "summary", "problems", "next_plan"];

export const isMine = (report: Report, me: string): boolean => ((report.owner_id as string | undefined) ?? me) === me;

/** A row made here shows only what was typed until the server has answered. */
export const isSent = (report: Report): boolean => ((report.state as string | undefined) ?? "draft") === "sent";

export interface Received {
  readonly report: Report;
  /** There is a revision that this person has not read. */
  readonly isNew: boolean;
}

export interface Lists {
  readonly received: readonly Received[];
  readonly mine: readonly Report[];
}

const SHOWN = 60;

const byDay = (one: Report, other: Report): number => other.period_on.localeCompare(one.period_on) || other.id.localeCompare(one.id);

/** read: report → the newest revision that this person has read. What is new to him stands first, else the latest days. */
export function reportsOf(reports: readonly Report[], read: ReadonlyMap<string, number>, me: string): Lists {
  const sorted = [...reports].sort(byDay);
  const received = sorted
    .filter((each) => !isMine(each, me))
    .map((report) => ({ report, isNew: (read.get(report.id) ?? 0) < report.revision }));
  return {
    received: [...received.filter((each) => each.isNew), ...received.filter((each) => !each.isNew)].slice(0, SHOWN),
    mine: sorted.filter((each) => isMine(each, me)).slice(0, SHOWN),
  };
}

/** The person's own report of these days; the one that was sent before one that was not. */
export const ownReport = (reports: readonly Report[], kind: ReportKind, firstOn: string, me: string): Report | undefined => {
  const found = reports.filter((each) => isMine(each, me) && each.kind === kind && each.period_on === firstOn);
  return found.find(isSent) ?? found.at(-1);
};

type Said = Pick<Shown<"work_report_revisions">, "revision" | TextName>;

export interface Change {
  readonly field: TextName;
  readonly before: string | null;
  readonly after: string | null;
}

/** From the revision that was read to the newest; nothing for whoever has read none or all. */
export function changesOf(revisions: readonly Said[], read: number): Change[] {
  const newest = revisions.reduce<Said | undefined>((best, each) => (best && best.revision > each.revision ? best : each), undefined);
  const known = revisions.find((each) => each.revision === read);
  if (!newest || !known) return [];
  return TEXTS.filter((field) => known[field] !== newest[field]).map((field) => ({ field, before: known[field], after: newest[field] }));
}
