/**
 * What a claim has to show before it is submitted (domain row 76): shown at the field here, and refused by the same rules on the
 * server. Pure; both pass tests/server/expenses/cases/. Everything that is missing is found, in the order the server looks.
 */
import { addDays } from "../words/times";

export const KINDS: readonly LineKind[] = ["taxi", "meal", "hotel", "gift", "travel", "fuel", "parking", "communication", "office", "other"];
export type LineKind =
  | "hotel" | "meal" | "gift" | "taxi" | "travel" | "fuel" | "parking" | "communication" | "office" | "other";

/** Kinds that are for a customer by their nature; a line of any other kind is when it names one. */
export const FOR_CUSTOMERS: readonly LineKind[] = ["hotel", "meal", "gift"];
/** Kinds that are part of a sales action: they cite their visit, which has begun or is done. */
export const SALES_ACTIONS: readonly LineKind[] = ["taxi", "travel", "fuel", "parking"];
export const LINES_MOST = 100;
/** Minor units of one line. */
export const AMOUNT_MOST = 10_000_000_000;

/** A line as the rules see it. has_event: its visit has begun or is done. */
export interface Spent {
  readonly id: string;
  readonly kind: LineKind;
  readonly spent_on: string;
  readonly customer_id: string | null;
  readonly visit_id: string | null;
  readonly has_event: boolean;
  readonly progress: string | null;
  readonly key_value: string | null;
}

export type FaultField = "lines" | "spent_on" | "customer_id" | "visit_id" | "progress" | "key_value";

/** Something missing. line: its id, null when it is about the whole claim. code: of the server's problem. */
export interface Fault {
  readonly code: string;
  readonly line: string | null;
  readonly field: FaultField;
  readonly params: Readonly<Record<string, unknown>>;
}

const at = (code: string, line: string | null, field: FaultField, params: Fault["params"] = {}): Fault => ({
  code: `expenses.${code}`, line, field, params,
});

const isBlank = (text: string | null) => text === null || text.trim() === "";

export const isForCustomer = (line: Pick<Spent, "kind" | "customer_id">): boolean =>
  FOR_CUSTOMERS.includes(line.kind) || line.customer_id !== null;

/** Rules (b) and (c) for one line, and its day. */
export function faultsOfLine(line: Spent, today: string): Fault[] {
  const faults: Fault[] = [];
  // A phone may be a zone ahead of the organisation.
  if (line.spent_on > addDays(today, 1)) faults.push(at("spent-in-future", line.id, "spent_on"));
  if (isForCustomer(line)) {
    if (isBlank(line.progress)) faults.push(at("progress-missing", line.id, "progress"));
    if (isBlank(line.key_value)) faults.push(at("key-value-missing", line.id, "key_value"));
  }
  if (SALES_ACTIONS.includes(line.kind) && !line.has_event) faults.push(at("event-missing", line.id, "visit_id"));
  return faults;
}

/** Why the claim cannot be submitted; none: it can. today: of the organisation. */
export function faultsOfClaim(lines: readonly Spent[], today: string): Fault[] {
  const first = lines[0];
  if (!first) return [at("lines-missing", null, "lines")];
  if (lines.length > LINES_MOST) return [at("lines-too-many", null, "lines", { most: LINES_MOST })];
  const faults = lines.flatMap((line) => faultsOfLine(line, today));
  if (!lines.some((line) => line.customer_id !== null || line.visit_id !== null)) {
    faults.push(at("record-missing", first.id, "customer_id"));
  }
  return faults;
}
