/** What was refused, put together from this device's own list and from the issues that the server keeps for all devices. */
import type { CollectionName, MendItem, Reader, Shown, Workspace } from "../../device/api";
import { keptOf } from "../customers/together";

export type Issue = Shown<"sync_issues">;

/** One operation as it was sent. */
export interface Sent {
  readonly collection: string;
  readonly action: string;
  readonly row: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly code: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  /** In what order it was made among its own. */
  readonly place: number;
}

/** One deed to see to: the operation that was refused, and what was held back because of it; or a clash of two hands. */
export interface Trouble extends Sent {
  readonly key: string;
  /** The server's values of the same fields; null unless two hands clashed. */
  readonly kept: Readonly<Record<string, unknown>> | null;
  readonly made_at: number;
  readonly heldBack: readonly Sent[];
  /** What of it stands on this device's list and on the server's. */
  readonly own: readonly MendItem[];
  readonly issues: readonly Issue[];
  /** The row on which it can be done as it was entered, because what it is about is there again; null where it has to be looked at first. */
  readonly again: string | null;
  /** The same for all of several but those who stand in its way; null where it was about one, or nobody would be left. */
  readonly others: Others | null;
}

/** without: the names of those in the way. rest: what can be done for the others. */
export interface Others {
  readonly without: readonly string[];
  readonly rest: readonly Sent[];
}

/** The screen on which it is mended in its whole, where there is one. Below /app. */
export function screenOf({ collection, row }: Pick<Trouble, "collection" | "row">): string | null {
  if (row === null) return null;
  if (collection === "arrivals") return "/arrivals";
  if (collection === "expense_claims") return `/expenses/${row}`;
  return collection === "approvals" ? `/approvals/${row}` : null;
}

/** Codes that only say that another operation of the same deed was refused. */
const HELD_BACK = new Set(["sync.group-failed", "sync.parent-failed"]);

export async function troubles(read: Reader): Promise<Trouble[]> {
  const [mend, all] = await Promise.all([read.mend(), read.all("sync_issues")]);
  const open = all.filter((issue) => issue.state === "open");
  const found = [...ofThisDevice(mend, open), ...ofOthers(mend, open)];
  const known = await Promise.all(
    found.map(async (trouble) => ({ ...trouble, again: await againOn(read, trouble), others: await othersOf(read, trouble) })),
  );
  return known.sort((one, other) => one.made_at - other.made_at);
}

/** Late work for a customer who was deleted waits here until he is restored; an edit of one who was merged goes to who stands for him. */
async function againOn(read: Reader, { collection, action, row, values, code, params }: Sent): Promise<string | null> {
  const isGone = code === "customers.merged" || code === "customers.deleted";
  if (isGone && collection === "customers" && action === "update" && typeof params.into_id === "string") {
    return (await read.get("customers", params.into_id)) === undefined ? null : params.into_id;
  }
  if (row === null || (code !== "customers.deleted" && code !== "core.not-found")) return null;
  if (action !== "create") {
    // A field that is named is what was missing, not the row itself.
    const isHere = params.field === undefined && (await read.get(collection as CollectionName, row)) !== undefined;
    return isHere ? row : null;
  }
  const isAboutHim = code === "customers.deleted" || String(params.field).endsWith("/customer_id");
  if (!isAboutHim || typeof values.customer_id !== "string") return null;
  // Had he gone into another before that one was deleted, the server takes it for that one.
  const stands = typeof params.into_id === "string" ? params.into_id : values.customer_id;
  return (await read.get("customers", stands)) === undefined ? null : row;
}

/** Who is refused of several customers is named, one or all; who is not here any more can be left out as well. */
async function othersOf(read: Reader, trouble: Found): Promise<Others | null> {
  const all = [trouble, ...trouble.heldBack];
  const isTogether = trouble.collection === "customers" && all.every((each) => each.action === trouble.action && each.row !== null);
  if (!isTogether || all.length === 1 || !TOGETHER.has(trouble.action)) return null;
  const kept = keptOf(trouble.params);
  const named = new Map(kept.map((each) => [each.id, each.name]));
  if (named.size === 0) named.set(trouble.row ?? "", "");
  const rest: Sent[] = [];
  for (const each of all) {
    const id = each.row ?? "";
    const here = await read.get("customers", id);
    const isOut = named.has(id) || (trouble.action !== "restore" && here === undefined);
    if (!isOut) rest.push(each);
    else if (!named.get(id)) named.set(id, (here ?? (await read.get("deleted_customers", id)))?.name ?? "");
  }
  return rest.length === 0 ? null : { without: [...named.values()], rest };
}

/** What is done to several customers in one go. */
const TOGETHER = new Set(["delete", "restore", "hand_over"]);

type Found = Omit<Trouble, "again" | "others">;

function ofThisDevice(mend: readonly MendItem[], open: readonly Issue[]): Found[] {
  // What was done in one go was made at one instant, and is refused as one.
  const deeds = grouped(mend, (item) => item.made_at);
  return [...deeds].map(([made_at, own]) => {
    const sent = own.map((item): Sent => ({ ...item, place: item.serial }));
    const issues = open.filter((issue) => own.some((item) => isSame(item, issue)));
    return { ...deedOf(sent), key: `own ${made_at}`, kept: null, made_at, own, issues };
  });
}

function ofOthers(mend: readonly MendItem[], open: readonly Issue[]): Found[] {
  const elsewhere = open.filter((issue) => !mend.some((item) => isSame(item, issue)));
  const deeds = grouped(elsewhere, (issue) =>
    issue.verdict === "conflict" ? issue.id : `${issue.enrolment_id} ${issue.made_at}`,
  );
  return [...deeds].map(([key, issues]) => {
    const [first] = issues;
    if (!first) throw new Error("a group is never empty");
    const kept = first.verdict === "conflict" ? recordOf(first.kept) : null;
    return { ...deedOf(issues.map(sentOf)), key: `issue ${key}`, kept, made_at: first.made_at, own: [], issues };
  });
}

/** As Map.groupBy, which phones of 2023 do not have. */
function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function deedOf(sent: readonly Sent[]): Sent & Pick<Trouble, "heldBack"> {
  const cause = sent.find((each) => each.code === null || !HELD_BACK.has(each.code)) ?? sent[0];
  if (!cause) throw new Error("a deed has an operation");
  return { ...cause, heldBack: sent.filter((each) => each !== cause) };
}

const sentOf = ({ collection, action, row_id, attempted, code, params, n }: Issue): Sent => ({
  collection,
  action,
  row: row_id,
  values: recordOf(attempted),
  code,
  params: recordOf(params),
  place: n,
});

const isSame = (item: MendItem, issue: Issue): boolean =>
  item.collection === issue.collection && item.action === issue.action && item.row === issue.row_id && item.made_at === issue.made_at;

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Take it off both lists. */
export async function discard(workspace: Workspace, trouble: Pick<Trouble, "own" | "issues">): Promise<void> {
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
  await sendAll(workspace, trouble, [{ ...trouble, values }, ...trouble.heldBack]);
}

/** Do it for the others, and take all of it off the lists. */
export async function sendWithout(workspace: Workspace, trouble: Trouble): Promise<void> {
  if (trouble.others !== null) await sendAll(workspace, trouble, trouble.others.rest);
}

async function sendAll(workspace: Workspace, trouble: Trouble, sents: readonly Sent[]): Promise<void> {
  const again = [...sents].sort((one, other) => one.place - other.place);
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
