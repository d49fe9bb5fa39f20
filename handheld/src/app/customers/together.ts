/** Deeds on one or several customers, all or none, each one local transaction; and who must not be deleted, and why. */
import type { Workspace } from "../../device/api";
import { i18n } from "../../i18n";
import type { Customer } from "./directory";

/** As many as are taken at once, here and at the office. */
export const MOST = 200;

/** Somebody who must not be deleted. */
export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

export const deleteTogether = (workspace: Workspace, ids: readonly string[]): Promise<void> =>
  workspace.act((group) => {
    for (const id of ids) group.delete("customers", id);
  });

/** Also of customers who are not on this device any more: they are here again when the office has answered. Whether all are here now. */
export async function restoreTogether(workspace: Workspace, ids: readonly string[]): Promise<boolean> {
  await workspace.act((group) => {
    for (const id of ids) group.act("customers", "restore", id, {}, {});
  });
  const found = await workspace.read((read) => Promise.all(ids.map((id) => read.get("customers", id))));
  return found.every((each) => each !== undefined);
}

/** What is said of one who was brought back. */
export const sayBack = (name: string, isBack: boolean): string =>
  isBack ? i18n._("{name} is back.", { name }) : i18n._("{name} is back on this device when the office has answered.", { name });

/** What is handed over: each customer, whose he is as it stands here, and to whom he goes. */
export interface Going {
  readonly id: string;
  readonly from: string | null;
  readonly to: string;
}

export const handOverTogether = (workspace: Workspace, going: readonly Going[], reason: string): Promise<void> =>
  workspace.act((group) => {
    for (const { id, from, to } of going) {
      group.act("customers", "hand_over", id, { to_id: to, reason, from_id: from }, { owner_id: to });
    }
  });

export const goingTo = (customers: readonly Customer[], to: string): Going[] =>
  customers.map(({ id, owner_id }) => ({ id, from: (owner_id as string | undefined) ?? null, to }));

/** The way back: each to whom he came from. */
export const goingBack = (going: readonly Going[]): Going[] =>
  going.flatMap(({ id, from, to }) => (from === null || from === to ? [] : [{ id, from: to, to: from }]));

/** Who is protected as far as this device knows. The office knows of claims and members as well. */
export const keptHere = (customers: readonly Customer[]): Kept[] =>
  customers.filter((each) => each.stage === "won").map(({ id, name }) => ({ id, name, why: sayWhy("won") }));

/** Who is protected, as a refusal names them: three lists in one order. */
export function keptOf(params: Readonly<Record<string, unknown>>): Kept[] {
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
