/** Deleted customers: those this device knows of, and, with a network, all whom the office would let this person restore. */
import type { Reader, Shown, Workspace } from "../../device/api";
import { addDays, dayOf } from "../words/times";

/** As the office tells them. */
export interface Told {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly deleted_by: string;
  readonly deleted_at: string;
  readonly restorable_until: string;
}

export interface DeletedPage {
  readonly items: readonly Told[];
  readonly next: string | null;
}

/** at: null of a deletion that only this device knows of. restoring: asked for here, and not answered yet. */
export interface Deleted {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly deleted_by: string;
  readonly at: number | null;
  readonly until: string | null;
  readonly restoring: boolean;
}

export interface Here {
  readonly hidden: readonly Shown<"customers">[];
  readonly rows: readonly Shown<"deleted_customers">[];
  readonly restoring: ReadonlySet<string>;
}

const KEPT_FOR = 30 * 86_400_000;

/** The last day on which he can surely be restored, as the office counts it. */
export const restorableUntil = (deletedAt: number, zone: string): string => addDays(dayOf(deletedAt + KEPT_FOR, zone), -1);

export async function deletedHere(read: Reader, told: readonly Told[]): Promise<Here> {
  const [hidden, rows] = await Promise.all([read.hidden("customers"), read.all("deleted_customers")]);
  const asked = await Promise.all(
    [...rows, ...told].map(async ({ id }) => ((await read.own("customers", id)).at(-1)?.action === "restore" ? [id] : [])),
  );
  return { hidden, rows, restoring: new Set(asked.flat()) };
}

/** Each once, those who were deleted last first. told: of the office, where it answered. */
export function listed({ hidden, rows, restoring }: Here, told: readonly Told[], me: string, zone: string): Deleted[] {
  const found = new Map<string, Deleted>();
  for (const each of told) {
    const { id, name, owner_id, deleted_by } = each;
    found.set(id, { id, name, owner_id, deleted_by, at: Date.parse(each.deleted_at), until: each.restorable_until, restoring: restoring.has(id) });
  }
  for (const { id, name, owner_id, created_at } of rows) {
    found.set(id, { id, name, owner_id, deleted_by: me, at: created_at, until: restorableUntil(created_at, zone), restoring: restoring.has(id) });
  }
  for (const { id, name, owner_id } of hidden) {
    found.set(id, { id, name, owner_id: (owner_id) ?? me, deleted_by: me, at: null, until: null, restoring: false });
  }
  return [...found.values()].sort((one, other) => (other.at ?? Infinity) - (one.at ?? Infinity) || (one.id < other.id ? 1 : -1));
}

/** null without a network, or when the office refuses. */
export async function askDeleted(workspace: Workspace, cursor: string | null = null): Promise<DeletedPage | null> {
  const asked = await workspace.ask("GET", `/api/v1/customers/deleted?limit=50${cursor === null ? "" : `&cursor=${cursor}`}`);
  return asked.offline || asked.status !== 200 ? null : (asked.body as DeletedPage);
}
