import { expect, it } from "vitest";
import { standingOf, type Answer } from "../../src/app/approvals/standing";
import { placeOf } from "../../src/app/rows/expenses";
import type { Trouble } from "../../src/app/mend/items";

const trouble = (row: string, action: string, made_at = 1): Trouble => ({
  key: `${row} ${action} ${made_at}`, collection: "approvals", action, row, values: {}, kept: null, code: "approvals.no-longer-waiting",
  params: { state: "withdrawn" }, made_at, place: 0, heldBack: [], own: [], issues: [], again: null, others: null,
});
const own = (action: Answer) => [{ action }];

it("waits for him, until he decides", () => {
  expect(standingOf({ id: "a", state: "waiting" }, [], [])).toEqual({ kind: "open", refused: null });
});

it("what he decided is unconfirmed until the row says so, never approved", () => {
  for (const answer of ["approve", "return", "reject"] as const) {
    expect(standingOf({ id: "a", state: "waiting" }, own(answer), [])).toEqual({ kind: "unconfirmed", answer });
  }
  expect(standingOf({ id: "a", state: "approved" }, own("approve"), [])).toMatchObject({ kind: "settled", state: "approved" });
});

it("a decision that came too late is told, whether the request is settled or waits again", () => {
  const refused = trouble("a", "approve");
  expect(standingOf({ id: "a", state: "lapsed" }, [], [refused])).toEqual({
    kind: "settled", state: "lapsed", refused: { answer: "approve", trouble: refused },
  });
  expect(standingOf({ id: "a", state: "waiting" }, [], [trouble("b", "reject"), refused])).toMatchObject({
    kind: "open", refused: { answer: "approve" },
  });
});

it("deciding anew overtakes what was refused before", () => {
  expect(standingOf({ id: "a", state: "waiting" }, own("reject"), [trouble("a", "approve")])).toEqual({ kind: "unconfirmed", answer: "reject" });
});

it("the line and field that a refused submission names", () => {
  const line = "0199c1a0-0000-7000-8000-000000000001";
  expect(placeOf({ params: { field: `/values/lines/${line}/progress` } })).toEqual({ line, field: "progress" });
  expect(placeOf({ params: { field: `/lines/${line}/visit_id`, line_id: line } })).toEqual({ line, field: "visit_id" });
  expect(placeOf({ params: { field: "/lines" } })).toBeNull();
});
