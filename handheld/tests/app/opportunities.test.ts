import { describe, expect, it } from "vitest";
import { nextStepOf, rank, stageOf, termsOf, type Contact, type Opportunity, type Stage } from "../../src/app/rows/opportunities";
import recorded from "../../../tests/server/customers/cases/ranking.json";

interface Case {
  readonly name: string;
  readonly opportunities: readonly (Pick<Opportunity, "id" | "probability" | "amount_minor" | "state"> & {
    readonly customer: string;
    readonly currency?: string;
  })[];
  readonly ranking: readonly (readonly [string, number])[];
}

const FUNNEL = [
  { code: "old", probability: 5, position: 1, is_active: false },
  { code: "lead", probability: 10, position: 2, is_active: true },
] as Stage[];

describe.each(recorded as unknown as readonly Case[])("the device ranks as the office does: $name", ({ opportunities, ranking }) => {
  const rows = opportunities.map(({ customer, ...told }) => ({ currency: "CNY", ...told, customer_id: customer }) as unknown as Opportunity);
  it.each([
    ["as they came", rows],
    ["backwards", [...rows].reverse()],
  ])("%s", (_, given) => {
    const ranked = rank(given, FUNNEL, "CNY");
    expect(ranked.map(({ opportunity, terms }) => [opportunity.customer_id, terms.worth])).toEqual(ranking);
    const open = rows.filter((each) => each.state === "open" && each.currency === "CNY");
    expect(ranked.reduce((sum, each) => sum + 1 + each.others, 0)).toBe(open.length);
  });
});

it("one that was made here stands at the first stage in use, as the server will have it", () => {
  const made = { id: "1", customer_id: "a", amount_minor: 1000, unsent: true, version: 0 } as unknown as Opportunity;
  expect(stageOf(made, FUNNEL)?.code).toBe("lead");
  expect(termsOf(made, FUNNEL)).toEqual({ probability: 10, amount: 1000, worth: 100 });
  expect(rank([made], FUNNEL, "CNY")).toHaveLength(1);
});

it("what a contact agreed that is not sent yet comes next; once it is sent the row says so", () => {
  const row = { next_step: "call", next_step_on: "2025-03-04" } as Opportunity;
  const contact = (step: string, unsent: boolean) => ({ next_step: step, next_step_on: "2025-03-05", unsent }) as Contact;
  expect(nextStepOf(row, [contact("old", false)]).next_step).toBe("call");
  expect(nextStepOf(row, [contact("old", true), contact("new", true)]).next_step).toBe("new");
});
