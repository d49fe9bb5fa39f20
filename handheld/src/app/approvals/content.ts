/** What a request is about, as the server froze it for whoever decides. Pure. */
import type { Shown } from "../../device/api";
import type { Told } from "../expenses/LineFacts";
import type { Like } from "../expenses/alike";

export interface Content {
  readonly title: string;
  readonly note: string | null;
  readonly lines: readonly Told[];
}

interface Flag {
  readonly kind: string;
  readonly line_id: string;
  /** The claim that has one like it, its line and whose it is. */
  readonly claim_id: string;
  readonly other_line_id?: string;
  readonly owner_id: string;
  readonly by_other: boolean;
}

/** Reads what it knows of the content; another kind of request has no lines. */
export function contentOf(row: Shown<"approvals">): Content {
  const content = (row.content ?? {}) as Partial<Content>;
  const flags = flagsOf(row);
  const lines = (content.lines ?? []).map((line) => {
    const own = flags.filter((each) => each.line_id === line.id);
    const likes = own.map((each): Like => ({ claim: each.claim_id, line: each.other_line_id ?? null, owner: each.owner_id }));
    return { ...line, currency: row.currency, flags: [...new Set(own.map((each) => each.kind))], likes };
  });
  return { title: content.title ?? row.title, note: content.note ?? null, lines };
}

export const flagsOf = (row: Shown<"approvals">): readonly Flag[] => (Array.isArray(row.flags) ? (row.flags as Flag[]) : []);
