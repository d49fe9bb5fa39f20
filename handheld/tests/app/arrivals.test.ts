import { expect, it } from "vitest";
import { standingOf, type Arrival } from "../../src/app/arrivals/standing";
import type { Trouble } from "../../src/app/mend/items";

const arrival = (state: Arrival["state"]) => ({ id: "a", state }) as Arrival;
const trouble = (row: string, action: string): Trouble => ({
  key: `${row} ${action}`, collection: "arrivals", action, row, values: {}, kept: null, code: "membership.arrival-served",
  params: {}, made_at: 1, place: 0, heldBack: [], own: [], issues: [], again: null, others: null,
});

it("what was tapped is a wish until the row says so; the last tap counts", () => {
  expect(standingOf(arrival("waiting"), [], [])).toMatchObject({ wish: null, refused: null });
  expect(standingOf(arrival("waiting"), [{ action: "leave" }, { action: "serve" }], [])).toMatchObject({ wish: "serve", refused: null });
  expect(standingOf(arrival("served"), [{ action: "serve" }], [])).toMatchObject({ wish: null });
});

it("what came too late is told at its row, waiting or not, until it is tapped anew", () => {
  const late = trouble("a", "leave");
  for (const state of ["waiting", "served", "left"] as const) {
    expect(standingOf(arrival(state), [], [trouble("b", "serve"), late]).refused).toEqual({ handling: "leave", trouble: late });
  }
  expect(standingOf(arrival("waiting"), [{ action: "serve" }], [late])).toMatchObject({ wish: "serve", refused: null });
});
