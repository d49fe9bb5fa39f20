/** A customer's files as documents with their versions. Pure. Rules T1 to T3 of docs/rules/customers.md. */
import type { Shown } from "../../device/api";

export type Attachment = Shown<"attachments">;

/** One document. first: the id by which new versions name it. older: newest first. */
export interface Document {
  readonly first: string;
  readonly present: Attachment;
  readonly older: readonly Attachment[];
}

/** A row of the customer's that a file hangs on. */
export interface About {
  readonly collection: NonNullable<Attachment["about"]>;
  readonly id: string;
}

/** As large as the server takes one, and as long as it may be called. */
export const MOST_BYTES = 12 * 1024 * 1024;
export const NAME_MOST = 120;

/** What was added last comes first; versions that were taken away are left out. */
export function documentsOf(rows: readonly Attachment[]): Document[] {
  const versions = new Map<string, Attachment[]>();
  for (const row of rows) {
    if ((row.removed_at ?? null) !== null) continue;
    const first = row.version_of ?? row.id;
    versions.set(first, [...(versions.get(first) ?? []), row]);
  }
  const found: Document[] = [];
  for (const [first, some] of versions) {
    const [present, ...older] = some.sort(newestFirst);
    if (present) found.push({ first, present, older });
  }
  return found.sort((one, other) => newestFirst(one.present, other.present, "time"));
}

/** The number of a version; null until the server has given it. */
export const revisionOf = (row: Attachment): number | null => (row.revision) ?? null;

/** What was made here and has no number yet is newer than all that has one. Ids are in the order of their making. */
function newestFirst(one: Attachment, other: Attachment, by: "revision" | "time" = "revision"): number {
  const value = (row: Attachment) => (by === "revision" ? (revisionOf(row) ?? Number.MAX_SAFE_INTEGER) : row.added_at);
  return value(other) - value(one) || (one.id < other.id ? 1 : -1);
}

/** “1.2 MB”; never 0. */
export function saySize(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
