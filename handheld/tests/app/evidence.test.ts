import { expect, it } from "vitest";
import { AMOUNT_MOST, faultsOfClaim, LINES_MOST, type Spent } from "../../src/app/expenses/evidence";
import { press, type Key } from "../../src/app/expenses/keys";
import { parseMoney } from "../../src/app/words/money";
import recorded from "../../../tests/server/expenses/cases/evidence.json";

interface Case {
  readonly name: string;
  readonly today: string;
  readonly lines: readonly (Partial<Spent> & Pick<Spent, "id" | "kind">)[];
  readonly faults: readonly (readonly [string, string | null, string])[];
}

const BLANK = { spent_on: "2025-03-01", customer_id: null, visit_id: null, has_event: false, progress: null, key_value: null };

it.each((recorded as unknown as readonly Case[]).map((each) => [each.name, each] as const))("as the server: %s", (_name, { lines, today, faults }) => {
  const found = faultsOfClaim(lines.map((each) => ({ ...BLANK, ...each })), today);
  expect(found.map(({ code, line, field }) => [code, line, field])).toEqual(faults);
});

it("takes a hundred lines and no more", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index): Spent => ({ ...BLANK, id: String(index), kind: "other", visit_id: "v" }));
  expect(faultsOfClaim(lines(LINES_MOST), "2025-03-03")).toEqual([]);
  expect(faultsOfClaim(lines(LINES_MOST + 1), "2025-03-03")).toMatchObject([{ code: "expenses.lines-too-many", params: { most: LINES_MOST } }]);
});

it("blank text is none", () => {
  const line: Spent = { ...BLANK, id: "a", kind: "meal", customer_id: "c", progress: " \n", key_value: "　" };
  expect(faultsOfClaim([line], "2025-03-03").map((each) => each.field)).toEqual(["progress", "key_value"]);
});

const typed = (keys: string, digits = 2) =>
  (keys.split("") as (Key | "<")[]).reduce((so_far, key) => press(so_far, key === "<" ? "back" : key, digits), "");

it.each([
  ["46", "46"],
  ["38.5", "38.5"],
  ["38.567", "38.56"],
  [".5", "0.5"],
  ["007", "7"],
  ["0.07", "0.07"],
  ["1..5", "1.5"],
  ["12<<<3", "3"],
  ["123456789", "12345678"],
])("tapping %s makes %s", (keys, amount) => {
  expect(typed(keys)).toBe(amount);
});

it("a currency without cents has no point, and no amount that can be tapped is too big", () => {
  expect(typed("1.5", 0)).toBe("15");
  expect(parseMoney(typed("99999999.99"), "CNY")).toBeLessThan(AMOUNT_MOST);
});
