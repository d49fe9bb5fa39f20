import { describe, expect, it } from "vitest";
import { changesOf, reportsOf } from "../../src/app/reports/reports";
import { factsOf, periodOf, readFacts, type Happened, type ReportKind } from "../../src/app/reports/facts";
import { isOverdue, listsOf, type Question } from "../../src/app/rows/questions";
import type { Group } from "../../src/device/api";
import { readerOf } from "../../src/device/reading";
import { Edits, queue } from "../../src/queue/editing";
import { MemoryStorage } from "../../src/storage/memory";
import { mint, SHAPES } from "../../src/wire";
import recorded from "../../../tests/server/fieldwork/cases/reports.json";

describe("a report is filled in as the server does it", () => {
  for (const { kind, day, first_on, last_on, facts } of recorded.cases) {
    it(`${kind} ${day}`, () => {
      const period = periodOf(kind as ReportKind, day);
      expect(period).toEqual({ firstOn: first_on, lastOn: last_on });
      expect(factsOf(recorded.user, period, recorded.zone, recorded.rows as unknown as Happened)).toEqual(facts);
    });
  }
});

it("what was logged here without a network counts at once", async () => {
  const [storage, noon] = [new MemoryStorage(), Date.UTC(2025, 2, 3, 4)];
  const edits = new Edits(SHAPES, () => noon, mint());
  const made = edits as unknown as Group;
  const customer = made.create("customers", { name: "Li" });
  for (const channel of ["call_out", "message"] as const) made.create("activities", { customer_id: customer, kind: "topic", channel, at: noon, text: "?" });
  made.create("receptions", { customer_id: customer, channel: "visit", received_at: noon });
  await storage.change((writes) => queue(writes, edits.made));
  const on = (day: string) => storage.read((reads) => readFacts(readerOf(reads), "me", periodOf("daily", day), "Asia/Shanghai"));
  const numbers = [await on("2025-03-03"), await on("2025-03-04")].map(({ calls, contacts, receptions }) => [calls, contacts, receptions]);
  expect(numbers).toEqual([[1, 1, 1], [0, 0, 0]]);
});

const question = (id: string, values: Partial<Question>): Question => ({ id, version: 1, unsent: false, state: "open", author_id: "me", due_on: null, ...values }) as Question;

it("the overdue question stands first, and what was answered last stands first among the answered", () => {
  const questions = [
    question("a", {}),
    question("b", { due_on: "2025-03-05" }),
    question("c", { author_id: "li", due_on: "2025-03-04" }),
    question("d", { state: "answered" }),
    question("e", { state: "withdrawn" }),
  ];
  const lists = listsOf(questions, "me");
  expect([lists.toAnswer, lists.waiting, lists.closed].map((each) => each.map(({ id }) => id))).toEqual([["c"], ["b", "a"], ["e", "d"]]);
  expect(questions.map((each) => isOverdue(each, "2025-03-05"))).toEqual([false, false, true, false, false]);
});

it("a question made here without a network is open, one's own and not overdue", () => {
  const made = { id: "x", version: 0, unsent: true, text: "?" } as unknown as Question;
  expect(listsOf([made], "me").waiting).toEqual([made]);
  expect(isOverdue(made, "2025-03-05")).toBe(false);
});

it("a reader sees what changed since the revision he has read, and the whole report as one that is new to him", () => {
  const said = (revision: number, summary: string | null, problems: string | null = null) => ({ revision, topic: null, summary, problems, next_plan: null });
  const revisions = [said(1, "three visits"), said(2, "four visits"), said(3, "four visits", "no flyers")];
  expect(changesOf(revisions, 1)).toEqual([
    { field: "summary", before: "three visits", after: "four visits" },
    { field: "problems", before: null, after: "no flyers" },
  ]);
  expect(changesOf(revisions, 3)).toEqual([]);
  expect(changesOf(revisions, 0)).toEqual([]);
});

it("what is unread stands first among what was sent to one", () => {
  const report = (id: string, period_on: string, revision: number, owner_id = "li") => ({ id, version: 1, unsent: false, period_on, revision, owner_id, state: "sent" });
  const reports = [report("a", "2025-03-05", 1), report("b", "2025-03-03", 2), report("c", "2025-03-04", 1), report("d", "2025-03-04", 1, "me")];
  const read = new Map([["a", 1], ["b", 1], ["c", 1]]);
  const lists = reportsOf(reports as never, read, "me");
  expect(lists.received.map(({ report: { id }, isNew }) => [id, isNew])).toEqual([["b", true], ["a", false], ["c", false]]);
  expect(lists.mine.map(({ id }) => id)).toEqual(["d"]);
});
