/** Deleted customers, as the office says: they are on no device. */
import type { Workspace } from "../../device/api";

export interface Deleted {
  readonly id: string;
  readonly name: string;
  readonly owner_name: string;
  readonly restorable_until: string;
}

/** null without a network, or when the office refuses. */
export async function askDeleted(workspace: Workspace): Promise<readonly Deleted[] | null> {
  const asked = await workspace.ask("GET", "/api/v1/customers/deleted?limit=100");
  return asked.offline || asked.status !== 200 ? null : (asked.body as { items: Deleted[] }).items;
}

/** Whether he is back. What was deleted here is sent first. */
export async function restore(workspace: Workspace, id: string): Promise<boolean> {
  await workspace.sync.now();
  const asked = await workspace.ask("POST", `/api/v1/customers/deleted/${id}/restore`);
  if (asked.offline || asked.status !== 200) return false;
  await workspace.sync.now();
  return true;
}
