import { expect, it } from "vitest";
import { daysOf, progressOf, targetsByPerson, type Happened, type Measure, type Target } from "../../src/app/targets/targets";
import recorded from "../../../tests/server/fieldwork/cases/targets.json";

for (const { month_on, measure, amount, done, gap } of recorded.cases) {
  it(`what is done and wanting is counted as on the server: ${measure} of ${month_on}`, () => {
    const target = { month_on, measure: measure as Measure, amount };
    expect(progressOf(target, recorded.user, recorded.currency, recorded as Happened)).toEqual({ amount, done, gap });
  });
}

it("a month is whole", () => {
  expect(["2024-02-29", "2025-02-01", "2025-12-31"].map(daysOf)).toEqual([
    ["2024-02-01", "2024-02-29"],
    ["2025-02-01", "2025-02-28"],
    ["2025-12-01", "2025-12-31"],
  ]);
});

it("each person has one target of each measure", () => {
  const target = (owner_id: string, measure: Measure, amount: number) => ({ owner_id, measure, amount }) as Target;
  const found = targetsByPerson([target("li", "visits", 40), target("li", "won_amount", 9), target("na", "visits", 5)]);
  expect(found.get("li")?.visits?.amount).toBe(40);
  expect(found.get("li")?.won_amount?.amount).toBe(9);
  expect(found.get("na")).toEqual({ visits: target("na", "visits", 5) });
});
