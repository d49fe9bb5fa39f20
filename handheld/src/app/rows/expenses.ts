/** What claims and their lines mean on screen: state, sum, what may be done, what the rules look at. Pure but for reading. */
import type { Reader, Shown } from "../../device/api";
import type { Rows } from "../../wire";
import type { Spent } from "../expenses/evidence";
import type { Trouble } from "../mend/items";

export type Claim = Shown<"expense_claims">;
export type ExpenseLine = Shown<"expense_lines">;
export type ClaimState = Rows["expense_claims"]["state"];

/** A row made here shows only what was typed until the server has answered; the rest is as the server will set it. */
export const stateOf = (claim: Claim): ClaimState => claim.state ?? "draft";

export const isMine = (claim: Claim, me: string): boolean => ((claim.owner_id as string | undefined) ?? me) === me;

/** Nobody is asked, and nothing was decided for good: it can be changed and submitted. */
export const isInHand = (state: ClaimState): boolean => ["draft", "returned", "withdrawn", "void"].includes(state);

export const sumOf = (lines: readonly ExpenseLine[]): number => lines.reduce((sum, line) => sum + line.amount_minor, 0);

export interface Whole {
  readonly claim: Claim;
  readonly lines: readonly ExpenseLine[];
  /** Visits that lines name, by id. */
  readonly visits: ReadonlyMap<string, Shown<"visits">>;
}

export async function readWhole(read: Reader, id: string): Promise<Whole | null> {
  const claim = await read.get("expense_claims", id);
  if (!claim) return null;
  const lines = await read.where("expense_lines", "claim_id", id);
  const named = [...new Set(lines.flatMap((line) => line.visit_id ?? []))];
  const visits = await Promise.all(named.map((each) => read.get("visits", each)));
  return { claim, lines, visits: new Map(visits.flatMap((each) => (each ? [[each.id, each]] : []))) };
}

/** A person's claims, the newest first, with their lines. */
export async function readMine(read: Reader, me: string): Promise<{ claim: Claim; lines: ExpenseLine[] }[]> {
  const claims = (await read.all("expense_claims")).filter((each) => isMine(each, me));
  const lines = await Promise.all(claims.map((each) => read.where("expense_lines", "claim_id", each.id)));
  return claims.map((claim, place) => ({ claim, lines: lines[place] ?? [] })).reverse();
}

/** As rules see a line. A visit that is not on this device (a colleague's) may well have happened: the server judges it. */
export function spentOf(line: ExpenseLine, visits: Whole["visits"]): Spent {
  const visit = line.visit_id ? visits.get(line.visit_id) : undefined;
  return {
    id: line.id,
    kind: line.kind,
    spent_on: line.spent_on,
    customer_id: line.customer_id ?? null,
    visit_id: line.visit_id ?? null,
    has_event: line.visit_id ? !visit || visit.state === "in_progress" || visit.state === "done" : false,
    progress: line.progress ?? null,
    key_value: line.key_value ?? null,
  };
}

/** What was refused of a claim and its lines, the last first. */
export function refusalsOf(troubles: readonly Trouble[], { claim, lines }: Whole): Trouble[] {
  const ids = new Set([claim.id, ...lines.map((line) => line.id)]);
  return troubles.filter((each) => each.row !== null && ids.has(each.row)).reverse();
}

/** The line and field that a refused submission names: `/lines/<id>/<field>`. */
export function placeOf({ params }: Pick<Trouble, "params">): { readonly line: string; readonly field: string } | null {
  const field = params["field"];
  const parts = typeof field === "string" ? /\/lines\/([^/]+)\/(\w+)$/.exec(field) : null;
  return parts?.[1] && parts[2] ? { line: parts[1], field: parts[2] } : null;
}
