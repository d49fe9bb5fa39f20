import { expect, it } from "vitest";
import { alike, findLikes } from "../../src/app/expenses/alike";
import type { ExpenseLine } from "../../src/app/rows/expenses";
import type { Reader } from "../../src/device/api";

const line = (id: string, fields: Partial<ExpenseLine> = {}): ExpenseLine =>
  ({ id, claim_id: `claim of ${id}`, kind: "taxi", amount_minor: 4650, spent_on: "2025-03-03", owner_id: "li", receipt_sha256: null, ...fields }) as ExpenseLine;

const mine = line("mine", { receipt_sha256: "r1" });
const sameReceipt = line("same receipt", { receipt_sha256: "r1", amount_minor: 1, spent_on: "2025-01-01" });
const samePayment = line("same payment", { receipt_sha256: "r2" });

it("the same receipt, or the same kind, amount and day; no receipt at all is not the same receipt", () => {
  const others = [mine, sameReceipt, samePayment, line("other day", { spent_on: "2025-03-04" }), line("other kind", { kind: "meal" })];
  expect(alike(mine, others).map((each) => each.id)).toEqual(["same receipt", "same payment"]);
  expect(alike(line("bare", { amount_minor: 2 }), [line("bare too", { amount_minor: 3 })])).toEqual([]);
});

function reading(states: Readonly<Record<string, string>>): Reader {
  return {
    all: () => Promise.resolve([mine, sameReceipt, samePayment]),
    get: (collection: string, id: string) => {
      if (collection === "expense_lines") return Promise.resolve([sameReceipt, samePayment].find((each) => each.id === id));
      return Promise.resolve(id in states ? { id, state: states[id] } : undefined);
    },
  } as unknown as Reader;
}

it("its owner finds those that somebody has seen", async () => {
  const found = await findLikes(reading({ "claim of same receipt": "approved", "claim of same payment": "draft" }), mine, undefined);
  expect(found.map((each) => each.like)).toEqual([{ claim: "claim of same receipt", line: "same receipt", owner: "li" }]);
});

it("whoever decides is led to what was named if he may see it, and else told whose it is", async () => {
  const told = [
    { claim: "claim of same receipt", line: "same receipt", owner: "li" },
    { claim: "out of reach", line: "out of reach", owner: "na" },
  ];
  const found = await findLikes(reading({ "claim of same receipt": "approved" }), mine, told);
  expect(found.map(({ like, claim, line: other }) => [like.owner, claim?.id, other?.id])).toEqual([
    ["li", "claim of same receipt", "same receipt"],
    ["na", undefined, undefined],
  ]);
});
