import { expect, it } from "vitest";
import { impressionsOf, openOf } from "../../src/app/customers/handover";
import type { FollowUp } from "../../src/app/rows/follow_ups";
import type { Opportunity } from "../../src/app/rows/opportunities";
import type { Task } from "../../src/app/rows/tasks";
import type { Visit } from "../../src/app/rows/visits";
import type { Shown } from "../../src/device/api";

const ZONE = "Asia/Shanghai";
const NOW = Date.UTC(2025, 2, 10, 4);
const row = (told: object) => ({ version: 1, unsent: false, ...told });

it("impressions of receptions and visits stand together, the newest day first, with who had them", () => {
  const receptions = [
    row({ id: "r1", received_at: Date.UTC(2025, 2, 3, 17), received_by: "li", impression: "careful" }), // the 4th in Shanghai
    row({ id: "r2", received_at: Date.UTC(2025, 2, 1, 2), received_by: "zhao", impression: null }),
  ] as unknown as Shown<"receptions">[];
  const visits = [
    row({ id: "v1", day_on: "2025-03-08", owner_id: "zhao", impression: "in a hurry", state: "done" }),
    row({ id: "v2", planned_on: "2025-03-03", impression: "came back smiling", state: "done" }),
  ] as unknown as Visit[];
  expect(impressionsOf(receptions, visits, ZONE, NOW)).toEqual([
    { id: "v1", day: "2025-03-08", by: "zhao", text: "in a hurry" },
    { id: "r1", day: "2025-03-04", by: "li", text: "careful" },
    { id: "v2", day: "2025-03-03", by: null, text: "came back smiling" },
  ]);
});

it("what is open is there by day, and nothing that is over", () => {
  const open = openOf(
    {
      visits: [
        row({ id: "v1", state: "planned", planned_on: "2025-03-12", owner_id: "li", purpose: "show 3B" }),
        row({ id: "v2", state: "done", planned_on: "2025-03-01", owner_id: "li" }),
      ] as unknown as Visit[],
      followUps: [
        row({ id: "f1", due_on: "2025-03-11", text: "ring" }),
        row({ id: "f2", due_on: "2025-03-11", text: "rang", state: "done" }),
      ] as unknown as FollowUp[],
      tasks: [
        row({ id: "t1", due_on: "2025-03-11", assignee_id: "jie", text: "plan of 3B", state: "open" }),
        row({ id: "t2", due_on: "2025-03-11", assignee_id: "jie", text: "no more", state: "cancelled" }),
      ] as unknown as Task[],
      opportunities: [
        row({ id: "o1", title: "3B", next_step: "offer", next_step_on: "2025-03-20", owner_id: "li", state: "open" }),
        row({ id: "o2", title: "2A", next_step: "", next_step_on: "2025-02-20", owner_id: "li", state: "lost" }),
      ] as unknown as Opportunity[],
    },
    ZONE,
    NOW,
  );
  expect(open.map(({ id, day, by, text }) => [id, day, by, text])).toEqual([
    ["f1", "2025-03-11", null, "ring"],
    ["t1", "2025-03-11", "jie", "plan of 3B"],
    ["v1", "2025-03-12", "li", "show 3B"],
    ["o1", "2025-03-20", "li", "3B: offer"],
  ]);
});
