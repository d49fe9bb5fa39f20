import { beforeAll, describe, expect, it } from "vitest";
import type { Preferences, Workspace } from "../../src/device/api";
import { feedOf, wayOf, type Deed, type Entry } from "../../src/app/team/feed";
import { askAndKeep, keptAnswer } from "../../src/app/team/kept_answer";
import { sayEvent } from "../../src/app/words/timeline";
import { i18n } from "../../src/i18n";
import { monthAfter } from "../../src/app/words/times";

const entry = (id: string, day_on: string, at: number, deed: Deed = "note", done_by = "w") =>
  ({ id, day_on, at, deed, done_by, kind: deed, customer_id: `customer-${id}`, subject_id: `subject-${id}` }) as unknown as Entry;

describe("the team's feed", () => {
  const lines = [
    entry("1", "2025-03-03", 20),
    entry("2", "2025-03-04", 5, "call", "z"),
    entry("3", "2025-03-03", 30, "visit"),
    entry("4", "2025-03-05", 90, "customer"),
    entry("5", "2025-03-05", 91, "other"),
    entry("6", "2025-03-05", 92, "report"),
    entry("7", "2025-03-05", 93, "expense"),
  ];
  const ids = (found: readonly Entry[]) => found.map((each) => each.id).join("");

  it("is latest day first, and leaves out what nobody met a customer for", () => {
    expect(ids(feedOf(lines, { person: null, deed: null }))).toBe("231");
  });

  it("is narrowed by person and sort, also to what is left out", () => {
    expect(ids(feedOf(lines, { person: "z", deed: null }))).toBe("2");
    expect(ids(feedOf(lines, { person: "w", deed: "visit" }))).toBe("3");
    expect(ids(feedOf(lines, { person: null, deed: "customer" }))).toBe("4");
    expect(ids(feedOf(lines, { person: null, deed: "report" }))).toBe("6");
  });

  it("leads to the visit, and else to the customer", () => {
    expect(lines.map(wayOf).slice(1, 3)).toEqual(["/customers/customer-2", "/team/2025-03-03/w/subject-3"]);
  });
});

describe("a customer's timeline", () => {
  const said = (kind: string, params: object) => sayEvent({ ...entry("1", "2025-03-10", 1), kind, params }, (id) => id, undefined);

  beforeAll(() => {
    i18n.activate("en");
  });

  it("says of somebody who was lost why, and of who came back nothing of it", () => {
    expect(said("stage-changed", { before: "visited", after: "lost", reason: "unreachable" })).toBe("Stage: Has visited → Lost · Cannot be reached");
    expect(said("stage-changed", { before: "lost", after: "visited" })).toBe("Stage: Lost → Has visited");
  });

  it("says of which days a report is, and what sorts of thing a claim is for", () => {
    expect(said("work-report", { kind: "daily", period_on: "2025-03-07" })).toBe("Daily report, Fri 7 Mar");
    expect(said("work-report", { kind: "weekly", period_on: "2025-03-03" })).toBe("Weekly report, Mon 3 Mar to Sun 9 Mar");
    expect(said("expense-claim", { kinds: ["gift", "meal"] })).toBe("Expense claim · Gift · Meal");
    expect(said("expense-claim", {})).toBe("Expense claim");
  });
});

describe("what the office counts", () => {
  const kept = new Map<string, string>();
  const preferences: Preferences = { get: (name) => Promise.resolve(kept.get(name) ?? null), set: (name, value) => Promise.resolve(void kept.set(name, value)) };
  const office = (user: string, answer: (path: string) => unknown) =>
    ({ person: { user: { id: user } }, ask: (_: string, path: string) => Promise.resolve(answer(path)) }) as unknown as Workspace;
  const good = (path: string) => ({ offline: false, status: 200, code: null, body: { path } });

  it("is kept until it is answered anew, for that person and those questions alone", async () => {
    expect((await askAndKeep(preferences, office("jie", good), "month", ["/a", "/b"], 7))?.at).toBe(7);
    const half = office("jie", (path) => (path === "/b" ? { offline: true } : good(path)));
    expect(await askAndKeep(preferences, half, "month", ["/a", "/b"], 8)).toBeNull();
    const refused = office("jie", () => ({ offline: false, status: 403, code: "core.function-missing", body: {} }));
    expect(await askAndKeep(preferences, refused, "month", ["/a", "/b"], 9)).toBeNull();
    expect(await keptAnswer(preferences, half, "month", ["/a", "/b"])).toMatchObject({ at: 7, bodies: [{ path: "/a" }, { path: "/b" }] });
    expect(await keptAnswer(preferences, half, "month", ["/a"])).toBeNull();
    expect(await keptAnswer(preferences, office("hong", good), "month", ["/a", "/b"])).toBeNull();
  });
});

it("months follow each other over the years", () => {
  expect([monthAfter("2025-12", 1), monthAfter("2026-01", -1), monthAfter("2026-03", -14), monthAfter("2024-02", 0)]).toEqual([
    "2026-01", "2025-12", "2025-01", "2024-02",
  ]);
});
