/** Deleted customers, as the office says: they are on no device. */
import type { Workspace } from "../../device/api";

export interface Deleted {
  readonly id: string;
  readonly name: string;
  readonly owner_name: string;
  readonly deleted_by: string;
  readonly deleted_at: string;
  readonly restorable_until: string;
}

export interface DeletedPage {
  readonly items: readonly Deleted[];
  readonly next: string | null;
}

/** null without a network, or when the office refuses. */
export async function askDeleted(workspace: Workspace, cursor: string | null = null): Promise<DeletedPage | null> {
  const asked = await workspace.ask("GET", `/api/v1/customers/deleted?limit=50${cursor === null ? "" : `&cursor=${cursor}`}`);
  return asked.offline || asked.status !== 200 ? null : (asked.body as DeletedPage);
}

/** Whether he is back. A deletion that the office has not heard of yet is sent first; without a network nothing is waited for. */
export async function restore(workspace: Workspace, id: string): Promise<boolean> {
  const ask = () => workspace.ask("POST", `/api/v1/customers/deleted/${id}/restore`);
  let asked = await ask();
  if (asked.offline) return false;
  // Answered 200 while the deletion still waits here, as for one who is there: it would go out after this.
  const waits = (await workspace.read((read) => read.own("customers", id))).length > 0;
  if (asked.status !== 200 || waits) {
    await workspace.sync.now();
    asked = await ask();
  }
  if (asked.offline || asked.status !== 200) return false;
  await workspace.sync.now();
  return true;
}
