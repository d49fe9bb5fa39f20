/** What was refused, put together from this device's own list and from the issues that the server keeps for all devices. */
import type { CollectionName, MendItem, Reader, Shown, Workspace } from "../../device/api";

export type Issue = Shown<"sync_issues">;

/** One thing to see to: an operation with what was held back because of it, or a clash of two hands. */
export interface Trouble {
  readonly key: string;
  readonly collection: string;
  readonly action: string;
  readonly row: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** The server's values of the same fields; null unless two hands clashed. */
  readonly kept: Readonly<Record<string, unknown>> | null;
  readonly code: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly made_at: number;
  /** On this device's list, the refused one first; empty when it was sent from another device. */
  readonly own: readonly MendItem[];
  readonly issues: readonly Issue[];
}

/** The screen on which it is mended in its whole, where there is one. Below /app. */
export function screenOf({ collection, row }: Pick<Trouble, "collection" | "row">): string | null {
  if (row === null) return null;
  if (collection === "expense_claims") return `/expenses/${row}`;
  return collection === "approvals" ? `/approvals/${row}` : null;
}

/** Codes that only say that another operation of the same deed was refused. */
const HELD_BACK = new Set(["sync.group-failed", "sync.parent-failed"]);

export async function troubles(read: Reader): Promise<Trouble[]> {
  const [mend, all] = await Promise.all([read.mend(), read.all("sync_issues")]);
  const open = all.filter((issue) => issue.state === "open");
  return [...ofThisDevice(mend, open), ...ofOthers(mend, open)].sort((one, other) => one.made_at - other.made_at);
}

function ofThisDevice(mend: readonly MendItem[], open: readonly Issue[]): Trouble[] {
  // What was done in one go was made at one instant, and is refused as one.
  const deeds = Map.groupBy(mend, (item) => item.made_at);
  return [...deeds.values()].map((items) => {
    const [cause, ...others] = [...items].sort((one, other) => Number(isHeldBack(one)) - Number(isHeldBack(other)));
    if (!cause) throw new Error("a group is never empty");
    return {
      key: `own ${cause.serial}`,
      collection: cause.collection,
      action: cause.action,
      row: cause.row,
      values: cause.values,
      kept: null,
      code: cause.code,
      params: cause.params,
      made_at: cause.made_at,
      own: [cause, ...others],
      issues: open.filter((issue) => items.some((item) => isSame(item, issue))),
    };
  });
}

function ofOthers(mend: readonly MendItem[], open: readonly Issue[]): Trouble[] {
  return open
    .filter((issue) => !mend.some((item) => isSame(item, issue)))
    .map((issue) => ({
      key: `issue ${issue.id}`,
      collection: issue.collection,
      action: issue.action,
      row: issue.row_id,
      values: recordOf(issue.attempted),
      kept: issue.verdict === "conflict" ? recordOf(issue.kept) : null,
      code: issue.code,
      params: recordOf(issue.params),
      made_at: issue.made_at,
      own: [],
      issues: [issue],
    }));
}

const isHeldBack = (item: MendItem): boolean => item.code !== null && HELD_BACK.has(item.code);

const isSame = (item: MendItem, issue: Issue): boolean =>
  item.collection === issue.collection && item.action === issue.action && item.row === issue.row_id && item.made_at === issue.made_at;

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Take it off both lists. */
export async function discard(workspace: Workspace, trouble: Trouble): Promise<void> {
  for (const item of trouble.own) await workspace.forget(item);
  if (trouble.issues.length === 0) return;
  await workspace.act((group) => {
    for (const issue of trouble.issues) group.act("sync_issues", "dismiss", issue.id, {}, { state: "dismissed" });
  });
}

/** An operation of any collection, whose values SHAPES has checked in the form. */
interface AnyGroup {
  create(collection: string, values: unknown, id?: string): string;
  update(collection: string, id: string, values: unknown): void;
  delete(collection: CollectionName, id: string): void;
  act(collection: string, action: string, id: string, values: unknown): void;
}

/** Rows of that id exist already with other content, so it is entered as a new one. */
const TAKEN_ID = "sync.reused-row-id";

/** Make the deed again with mended values, and take the refused one off the lists. What was held back goes along. */
export async function sendAgain(workspace: Workspace, trouble: Trouble, values: Readonly<Record<string, unknown>>): Promise<void> {
  const again = [{ ...trouble, values }, ...trouble.own.slice(1)].sort(inOrder(trouble.own));
  await workspace.act((any: AnyGroup) => {
    for (const { collection, action, row, values: sent } of again) {
      if (row === null) continue;
      if (action === "create") any.create(collection, sent, trouble.code === TAKEN_ID ? undefined : row);
      else if (action === "update") any.update(collection, row, sent);
      else if (action === "delete") any.delete(collection as CollectionName, row);
      else any.act(collection, action, row, sent);
    }
  });
  await discard(workspace, trouble);
}

/** As they were made: a visit before its end. */
const inOrder =
  (own: readonly MendItem[]) =>
  (one: { row: string | null; action: string }, other: { row: string | null; action: string }): number =>
    serialOf(own, one) - serialOf(own, other);

const serialOf = (own: readonly MendItem[], of: { row: string | null; action: string }): number =>
  own.find((item) => item.row === of.row && item.action === of.action)?.serial ?? 0;
