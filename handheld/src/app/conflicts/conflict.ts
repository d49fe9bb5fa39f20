/** Lead conflicts (撞单) as a screen shows them: two sides, who was first, who may rule (docs/rules/customers.md, C16, R2 to R4). */
import type { Shown } from "../../device/api";
import { i18n } from "../../i18n";

export type Conflict = Shown<"lead_conflicts">;
export type Chosen = "first" | "second";

export interface Side {
  readonly which: Chosen;
  readonly customer: string;
  readonly owner: string;
  readonly received_at: number;
  readonly arrived_at: number;
  readonly fixed_at: number | null;
  readonly doubt_ms: number;
  readonly was_received: boolean;
}

export function sidesOf(row: Conflict): readonly [Side, Side] {
  return [
    {
      which: "first",
      customer: row.first_id,
      owner: row.first_owner_id,
      received_at: row.first_received_at,
      arrived_at: row.first_arrived_at,
      fixed_at: row.first_fixed_at,
      doubt_ms: row.first_doubt_ms,
      was_received: row.first_reception_id !== null,
    },
    {
      which: "second",
      customer: row.second_id,
      owner: row.second_owner_id,
      received_at: row.second_received_at,
      arrived_at: row.second_arrived_at,
      fixed_at: row.second_fixed_at,
      doubt_ms: row.second_doubt_ms,
      was_received: row.second_reception_id !== null,
    },
  ];
}

/** What is still open first, then what was opened last. */
export function sorted(rows: readonly Conflict[]): Conflict[] {
  return [...rows].sort((one, other) => Number(other.state === "open") - Number(one.state === "open") || other.created_at - one.created_at);
}

/** Where the two are made one: the customer of whom both were given to stays, or of whom was first; the other goes into him. */
export function mergeOf(row: Conflict): string {
  const [first, second] = sidesOf(row);
  const [kept, gone] = (row.chosen ?? row.proposed) === "second" ? [second, first] : [first, second];
  return `/customers/${kept.customer}/merge/${gone.customer}`;
}

/** Why that side is proposed, or none is. */
export function sayBecause(row: Conflict, nameFor: (id: string) => string): string {
  if (row.proposed !== null) {
    const owner = row.proposed === "first" ? row.first_owner_id : row.second_owner_id;
    return i18n._("Proposed: {name}, who met him first.", { name: nameFor(owner) });
  }
  return row.because === "too-near"
    ? i18n._("Nobody is proposed: the two times are too near to each other for the clocks of two phones.")
    : i18n._("Nobody is proposed: one of the two times cannot be checked.");
}

/** How it ended; null while it is open. */
export function sayEnd(row: Conflict, nameFor: (id: string) => string): string | null {
  switch (row.state) {
    case "open":
      return null;
    case "ruled": {
      const [owner, other] = row.chosen === "first" ? [row.first_owner_id, row.second_owner_id] : [row.second_owner_id, row.first_owner_id];
      return row.other_percent === null
        ? i18n._("Ruled: {owner} has both.", { owner: nameFor(owner) })
        : i18n._("Ruled: {owner} has both, {other} gets {percent} % of the deal.", { owner: nameFor(owner), other: nameFor(other), percent: row.other_percent });
    }
    case "dismissed":
      return i18n._("Not the same person: each keeps his own.");
    case "closed":
      return i18n._("Over: both have one owner by now.");
  }
}
