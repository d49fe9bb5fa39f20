import { expect, it } from "vitest";
import type { Reader } from "../../src/device/api";
import { weekOf } from "../../src/app/calendar/week";
import { listOf, peopleOf } from "../../src/app/people/list";
import { linesOf, type Copy } from "../../src/app/rows/copies";
import { planOf } from "../../src/app/today/plans";

const reader = (rows: Readonly<Record<string, readonly unknown[]>>): Reader =>
  ({
    where: (collection: string, field: string, value: string) =>
      Promise.resolve((rows[collection] ?? []).filter((each) => (each as Record<string, unknown>)[field] === value)),
    between: (collection: string, field: string, from: string, to: string) =>
      Promise.resolve(
        (rows[collection] ?? []).filter((each) => {
          const day = (each as Record<string, unknown>)[field];
          return typeof day === "string" && day >= from && day <= to;
        }),
      ),
  }) as unknown as Reader;

it("a list of people is one however it was put together, and nobody is none", () => {
  expect(listOf(["b", "a", "b"])).toBe("a b");
  expect(listOf([])).toBeNull();
  expect(peopleOf("a b")).toEqual(["a", "b"]);
  expect(peopleOf(null)).toEqual([]);
});

it("of several plans of a day the one that was sent is the plan, then one made here, and nobody else's", async () => {
  const plan = (id: string, state: string | undefined, owner_id: string | undefined) => ({ id, state, owner_id, plan_on: "2025-03-03" });
  const plans = [plan("1", "cancelled", "me"), plan("2", undefined, undefined), plan("3", "sent", "you")];
  expect((await planOf(reader({ day_plans: plans }), "2025-03-03", "me"))?.id).toBe("2");
  expect((await planOf(reader({ day_plans: [...plans, plan("0", "sent", "me")] }), "2025-03-03", "me"))?.id).toBe("0");
  expect(await planOf(reader({ day_plans: plans }), "2025-03-04", "me")).toBeUndefined();
});

it("a week holds visits, follow-ups, tasks and visits together on their days, by time, each once", async () => {
  const day = "2025-03-05";
  const visit = { id: "v", state: "planned", planned_on: day, day_on: day, planned_start_at: 5, customer_name: "王", assignee_id: "me" };
  const copy = (id: string, visit_id: string) => ({ id, visit_id, from_id: "you", day_on: day, start_at: 9, customer_name: "李", place: null });
  const rows = {
    visits: [visit, { ...visit, id: "off", state: "cancelled" }],
    follow_ups: [{ id: "f", state: "open", due_on: day, due_at: null, text: "x", customer_name: "王", customer_id: "c" }],
    tasks: [{ id: "t", state: "done", due_on: day, text: "x" }],
    copies: [copy("along", "other"), copy("own", "v")],
  };
  const days = await weekOf(reader(rows), "2025-03-03", "Asia/Shanghai", 0);
  expect(days).toHaveLength(7);
  expect(days[2]?.lines.map((each) => [each.kind, each.id])).toEqual([["visit", "v"], ["together", "along"], ["follow_up", "f"]]);
  const later = await weekOf(reader(rows), "2025-03-03", "Asia/Shanghai", Date.UTC(2025, 2, 6));
  expect(later[2]?.lines.map((each) => each.standing), "what came of a visit").toEqual(["silent", undefined, undefined]);
});

it("lines of a copy are read whatever stands there", () => {
  expect(linesOf({ lines: null } as unknown as Copy)).toEqual([]);
});
