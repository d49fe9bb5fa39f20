/** Files of what is in reach, as the office writes them: it alone has all of it, and keeps who took one. Pure but for asking. */
import type { Asked, Workspace } from "../../device/api";
import { i18n } from "../../i18n";
import type { Filter } from "../customers/filters";
import { sayProblem } from "../words/problems";

export type Format = "xlsx" | "csv";

export interface Wanted {
  /** Of the office's doors, and the file's name without its ending. */
  readonly kind: "customers" | "opportunities" | "visits";
  readonly query: Readonly<Record<string, string | null>>;
}

/** Those of a list that is narrowed, with what is searched for. */
export function customersOf(filter: Filter, text: string): Wanted {
  const { need, owner, ...same } = filter;
  return { kind: "customers", query: { ...same, need_level: need, owner_id: owner, text: text.trim() === "" ? null : text.trim() } };
}

export const OPPORTUNITIES: Wanted = { kind: "opportunities", query: {} };

/** Both days included. */
export const visitsOf = (from: string, to: string): Wanted => ({ kind: "visits", query: { from, to } });

/** The file, or why it is not there. isPassword: it is about the password, which has to be given first. */
export type Taken =
  | { readonly file: Blob; readonly name: string }
  | { readonly file: null; readonly why: string; readonly isPassword: boolean };

const OFFLINE = () => i18n._("This needs a network: the office writes the file. Nothing was taken.");
const NEEDS_PASSWORD = "core.confirmation-needed";

/** password: where it was asked for. What of this device the office has not heard of goes before it. */
export async function takeFile(workspace: Workspace, { kind, query }: Wanted, format: Format, password: string | null): Promise<Taken> {
  if (password !== null) {
    const confirmed = await workspace.ask("POST", "/api/v1/session/confirm", { password });
    if (!confirmed.offline && confirmed.code === "accounts.sign-in-refused") return refused(i18n._("That is not your password."), true);
    const why = whyNot(confirmed);
    if (why !== null) return refused(why);
  }
  await workspace.sync.now();
  const given = Object.entries({ ...query, format }).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const asked = await workspace.ask("GET", `/api/v1/${kind}/export?${new URLSearchParams(given).toString()}`, undefined, "file");
  if (!asked.offline && asked.code === NEEDS_PASSWORD) return refused(i18n._("Enter your password."), true);
  const why = whyNot(asked);
  if (why !== null) return refused(why);
  const file = asked.offline ? null : asked.body;
  return file instanceof Blob ? { file, name: `${kind}.${format}` } : refused(OFFLINE());
}

const refused = (why: string, isPassword = false): Taken => ({ file: null, why, isPassword });

function whyNot(asked: Asked): string | null {
  if (asked.offline) return OFFLINE();
  if (asked.code === null) return null;
  const body = asked.body as { readonly params?: Readonly<Record<string, unknown>> } | null;
  return sayProblem(asked.code, body?.params ?? {});
}
