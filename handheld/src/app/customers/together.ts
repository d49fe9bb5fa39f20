/** Deeds on several customers at once, all or none: the office does them, for it alone knows who is protected. */
import type { Asked, Workspace } from "../../device/api";
import { i18n } from "../../i18n";
import { sayProblem } from "../words/problems";

/** As many as the office takes at once. */
export const MOST = 200;

/** Somebody who must not be deleted. */
export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/** Why nobody was deleted. */
export interface NotDeleted {
  readonly why: string;
  readonly kept: readonly Kept[];
}

type Params = Readonly<Record<string, unknown>>;

const paramsOf = (asked: Asked): Params => (asked.offline ? {} : ((asked.body as { readonly params?: Params } | null)?.params ?? {}));

/** null: it is done. Work of this device that the office has not heard of goes before it. */
async function ask(workspace: Workspace, path: string, body: unknown): Promise<{ readonly why: string; readonly params: Params } | null> {
  await workspace.sync.now();
  const asked = await workspace.ask("POST", `/api/v1/customers/${path}`, body);
  if (asked.offline) return { why: i18n._("This needs a network. Nothing was changed."), params: {} };
  if (asked.code !== null) return { why: sayProblem(asked.code, paramsOf(asked)), params: paramsOf(asked) };
  await workspace.sync.now();
  return null;
}

export async function deleteTogether(workspace: Workspace, customers: readonly string[]): Promise<NotDeleted | null> {
  const refused = await ask(workspace, "delete", { customers });
  return refused && { why: refused.why, kept: keptOf(refused.params) };
}

export const restoreTogether = async (workspace: Workspace, customers: readonly string[]): Promise<string | null> =>
  (await ask(workspace, "deleted/restore", { customers }))?.why ?? null;

export const handOverTogether = async (workspace: Workspace, customers: readonly string[], to: string, reason: string): Promise<string | null> =>
  (await ask(workspace, "handover", { customers, to, reason }))?.why ?? null;

/** Who is protected, as the refusal names them: three lists in one order. */
export function keptOf(params: Params): Kept[] {
  const list = (name: string): readonly unknown[] => (Array.isArray(params[name]) ? (params[name] as unknown[]) : []);
  const [names, reasons] = [list("names"), list("reasons")];
  return list("customers").map((id, place) => {
    const name = names[place];
    return { id: String(id), name: typeof name === "string" ? name : "", why: sayWhy(reasons[place]) };
  });
}

function sayWhy(reason: unknown): string {
  switch (reason) {
    case "won":
      return i18n._("has bought");
    case "spent-for":
      return i18n._("named by an expense claim");
    case "member":
      return i18n._("a member of the club");
    default:
      return i18n._("protected");
  }
}
