/** What is sent of a contact sheet, and how a lead conflict is said. */
import { beforeAll, describe, expect, it } from "vitest";
import { mergeOf, sayBecause, sayEnd, sorted, type Conflict } from "../../src/app/conflicts/conflict";
import { addressOf } from "../../src/app/inbox/words";
import type { Notice } from "../../src/app/inbox/order";
import { i18n } from "../../src/i18n";
import { BLANK_SHEET, receptionOf } from "../../src/app/receptions/sheet";

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

describe("the contact sheet", () => {
  it("is no reception until somebody says how he came", () => {
    expect(receptionOf(BLANK_SHEET, "c")).toBeNull();
  });

  it("sends what was said, and the time it was begun", () => {
    const form = { ...BLANK_SHEET, channel: "visit" as const, begun: 5, interests: ["interest_price" as const], work_place: " 软件园 ", impression: " " };
    expect(receptionOf(form, "c")).toEqual({ customer_id: "c", channel: "visit", received_at: 5, interest_price: true, work_place: "软件园" });
  });
});

const row = (change: Partial<Conflict>): Conflict =>
  ({
    id: "x", version: 1, first_id: "a", first_owner_id: "na", second_id: "b", second_owner_id: "wang", proposed: null,
    because: "unplaced", state: "open", chosen: null, other_percent: null, created_at: 1, unsent: false, ...change,
  }) as Conflict;
const name = (id: string) => ({ na: "Na", wang: "Wang" })[id] ?? "?";

describe("a lead conflict", () => {
  it("names whoever met him first, or says why nobody is named", () => {
    expect(sayBecause(row({ proposed: "second", because: "earlier" }), name)).toContain("Wang");
    expect(new Set([sayBecause(row({}), name), sayBecause(row({ because: "too-near" }), name)]).size).toBe(2);
  });

  it("says how it ended", () => {
    expect(sayEnd(row({}), name)).toBeNull();
    expect(sayEnd(row({ state: "ruled", chosen: "second", other_percent: 40 }), name)).toMatch(/Wang.*Na.*40/);
    expect(sayEnd(row({ state: "ruled", chosen: "first" }), name)).toMatch(/Na/);
    expect(sayEnd(row({ state: "dismissed" }), name)).not.toBe(sayEnd(row({ state: "closed" }), name));
  });

  it("stands above those that are over", () => {
    const rows = [row({ id: "old", created_at: 1 }), row({ id: "over", created_at: 9, state: "closed" }), row({ id: "new", created_at: 5 })];
    expect(sorted(rows).map((each) => each.id)).toEqual(["new", "old", "over"]);
  });

  it("ends in one customer: whose both are, or who was first, stays", () => {
    expect(mergeOf(row({}))).toBe("/customers/a/merge/b");
    expect(mergeOf(row({ proposed: "second" }))).toBe("/customers/b/merge/a");
    expect(mergeOf(row({ proposed: "second", chosen: "first" }))).toBe("/customers/a/merge/b");
  });

  it("is opened by its notices", () => {
    const about = (change: object) => addressOf({ subject_collection: "customers", subject_id: "a", params: { conflict_id: "x" }, ...change } as Notice);
    expect(about({})).toBe("/customers/conflicts/x");
    expect(about({ subject_collection: "lead_conflicts", subject_id: "x" })).toBe("/customers/conflicts/x");
    expect(about({ params: {} })).toBe("/customers/a");
  });
});
