/** What a customer may buy, and where that puts him (docs/rules/opportunities.md). Pure but for reading. */
import type { Reader, Shown } from "../../device/api";

export type Opportunity = Shown<"opportunities">;
export type Contact = Shown<"opportunity_contacts">;
export type Stage = Shown<"funnel_stages">;

/** A row made here shows only what was typed until the server has answered. */
export const stateOf = (opportunity: Opportunity): Opportunity["state"] => opportunity.state ?? "open";

export const isOpen = (opportunity: Opportunity): boolean => stateOf(opportunity) === "open";

/** The funnel in its order, stages out of use too. */
export async function funnelOf(read: Reader): Promise<Stage[]> {
  return [...(await read.all("funnel_stages"))].sort((one, other) => one.position - other.position || (one.code < other.code ? -1 : 1));
}

/** Where it stands. One that was made here without a stage stands at the first in use, as the server will have it. */
export function stageOf(opportunity: Opportunity, funnel: readonly Stage[]): Stage | undefined {
  const code = opportunity.stage_code as string | undefined;
  return code === undefined ? funnel.find((each) => each.is_active) : funnel.find((each) => each.code === code);
}

/** Percent: the stage's when it came there. */
export const probabilityOf = (opportunity: Opportunity, funnel: readonly Stage[]): number => opportunity.probability ?? stageOf(opportunity, funnel)?.probability ?? 0;

export interface Terms {
  readonly probability: number;
  /** null: nobody has said one yet. */
  readonly amount: number | null;
  /** In whole minor units, rounded down. */
  readonly worth: number;
}

export function termsOf(opportunity: Opportunity, funnel: readonly Stage[]): Terms {
  const probability = probabilityOf(opportunity, funnel);
  const amount = opportunity.amount_minor ?? null;
  // At most 10^13 × 100, which is exact.
  return { probability, amount, worth: Math.floor(((amount ?? 0) * probability) / 100) };
}

export interface Ranked {
  readonly opportunity: Opportunity;
  readonly terms: Terms;
  /** How many other open ones the customer has. */
  readonly others: number;
}

/** Customers by what they are worth now, each with his best open one; of equals the newer first. As the server ranks (rule O4). */
export function rank(opportunities: readonly Opportunity[], funnel: readonly Stage[], currency: string): Ranked[] {
  const best = new Map<string, Ranked>();
  for (const opportunity of opportunities) {
    if (!isOpen(opportunity) || ((opportunity.currency as string | undefined) ?? currency) !== currency) continue;
    const mine: Ranked = { opportunity, terms: termsOf(opportunity, funnel), others: 0 };
    const known = best.get(opportunity.customer_id);
    if (!known) best.set(opportunity.customer_id, mine);
    else best.set(opportunity.customer_id, { ...(inOrder(mine, known) < 0 ? mine : known), others: known.others + 1 });
  }
  return [...best.values()].sort(inOrder);
}

function inOrder(one: Ranked, other: Ranked): number {
  return other.terms.worth - one.terms.worth || (one.opportunity.id > other.opportunity.id ? -1 : 1);
}

/** What comes next: what a contact that is not sent yet agreed, else what the row says. contacts: of this opportunity. */
export function nextStepOf(opportunity: Opportunity, contacts: readonly Contact[]): Pick<Opportunity, "next_step" | "next_step_on"> {
  return [...contacts].reverse().find((each) => each.unsent) ?? opportunity;
}
