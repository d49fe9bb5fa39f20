/** What a request is about, as the server froze it for whoever decides. Pure. */
import type { Shown } from "../../device/api";
import type { Told } from "../expenses/LineFacts";

export interface Content {
  readonly title: string;
  readonly note: string | null;
  readonly lines: readonly Told[];
}

interface Flag {
  readonly kind: string;
  readonly line_id: string;
  readonly by_other: boolean;
}

/** Reads what it knows of the content; another kind of request has no lines. */
export function contentOf(row: Shown<"approvals">): Content {
  const content = (row.content ?? {}) as Partial<Content>;
  const flags = flagsOf(row);
  const lines = (content.lines ?? []).map((line) => ({
    ...line,
    currency: row.currency,
    flags: [...new Set(flags.filter((each) => each.line_id === line.id).map((each) => each.kind))],
  }));
  return { title: content.title ?? row.title, note: content.note ?? null, lines };
}

export const flagsOf = (row: Shown<"approvals">): readonly Flag[] => (Array.isArray(row.flags) ? (row.flags as Flag[]) : []);
