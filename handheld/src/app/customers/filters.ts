/** What the list of customers is narrowed to. Pure. */
import { urgencyOf, type Grade, type Urgency } from "../rows/profile";
import type { Customer, Entry } from "./directory";

export interface Filter {
  readonly grade: Grade | null;
  readonly stage: Customer["stage"] | null;
  readonly urgency: Urgency | null;
  readonly importance: Customer["importance"];
  readonly need: Customer["need_level"];
  readonly owner: string | null;
  readonly status: "enabled" | "disabled" | null;
}

export const WIDE: Filter = { grade: null, stage: null, urgency: null, importance: null, need: null, owner: null, status: null };

/** How many of them are set. */
export const countOf = (filter: Filter): number => Object.values(filter).filter((each) => each !== null).length;

/** today: the organisation's day. */
export function narrowed(entries: readonly Entry[], filter: Filter, today: string): readonly Entry[] {
  if (countOf(filter) === 0) return entries;
  return entries.filter(({ customer }) => fits(customer, filter, today));
}

/** A row made here has only what was typed: what is missing is what the server will make of it. */
function fits(customer: Partial<Customer>, filter: Filter, today: string): boolean {
  return (
    (filter.grade === null || customer.grade === filter.grade) &&
    (filter.stage === null || (customer.stage ?? "prospect") === filter.stage) &&
    (filter.urgency === null || urgencyOf(customer.expected_close_on ?? null, today) === filter.urgency) &&
    (filter.importance === null || customer.importance === filter.importance) &&
    (filter.need === null || customer.need_level === filter.need) &&
    (filter.owner === null || customer.owner_id === filter.owner) &&
    (filter.status === null || (customer.is_enabled ?? true) === (filter.status === "enabled"))
  );
}
