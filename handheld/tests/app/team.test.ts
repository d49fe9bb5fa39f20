import { expect, it } from "vitest";
import { boardOf, complete, isToAskAbout, type Day } from "../../src/app/team/team";
import type { Visit } from "../../src/app/rows/visits";

const ON = "2025-03-03";
const MOMENT = { now: Date.parse("2025-03-03T12:00+08:00"), zone: "Asia/Shanghai" };

const staff = (id: string, name: string, state: "active" | "disabled" = "active") => ({
  id, version: 1, unsent: false, name, unit_id: "east", title: null, state,
});
const visit = (assignee_id: string, values: Partial<Visit> = {}): Visit =>
  complete({ id: `${assignee_id}${Math.random()}`, version: 1, unsent: false, assignee_id, day_on: ON, planned_on: ON, ...values } as Visit, "me");
const day = (visits: Visit[], plans: Day["plans"] = []): Day => ({
  visits, activities: [], plans, staff: [staff("w", "王磊"), staff("z", "赵敏"), staff("n", "Na"), staff("o", "老周", "disabled"), staff("d", "主管")],
});
const member = (user_id: string) => ({ user_id, last_seen_at: null });

it("whoever needs the supervisor first stands first: missed, silent, late, nothing planned, then all is well", () => {
  const fine = [visit("w", { state: "done", actual_started_at: 1 })];
  const late = [visit("z", { planned_start_at: MOMENT.now - 3_600_000 })];
  const board = boardOf(day([...fine, ...late]), [member("w"), member("z"), member("n")], ON, MOMENT);
  expect(board.people.map((each) => each.name)).toEqual(["赵敏", "Na", "王磊"]);
  expect(board.total).toMatchObject({ planned: 2, kept: 1, open: 1, late: 1 });
  expect(board.people.filter(isToAskAbout).map((each) => each.name), "a day without plans is no trouble yet").toEqual(["赵敏"]);
});

it("there is something to ask about whoever missed one, is not heard from, is late or was elsewhere", () => {
  const began = { actual_started_at: MOMENT.now - 3_600_000, state: "done" } as const;
  const asked = (on: string, values: Partial<Visit>) => boardOf(day([visit("w", { day_on: on, planned_on: on, ...values })]), [], on, MOMENT).people.some(isToAskAbout);
  expect(asked("2025-03-02", {}), "of yesterday").toBe(true);
  expect(asked(ON, { planned_start_at: MOMENT.now - 3_600_000 }), "late").toBe(true);
  expect(asked(ON, { ...began, location_verdict: "outside" }), "elsewhere").toBe(true);
  expect(asked(ON, { ...began, location_verdict: "unverified" }), "nobody can say where").toBe(false);
  expect(asked(ON, {}), "some time today").toBe(false);
});

it("a colleague who left stands on the days on which he did something; a manager who has a visit too", () => {
  const visits = [visit("o", { state: "done" }), visit("d")];
  expect(boardOf(day(visits), [member("w"), member("o")], ON, MOMENT).people.map((each) => each.id).sort()).toEqual(["d", "o", "w"]);
  expect(boardOf(day([]), [member("w"), member("o")], ON, MOMENT).people.map((each) => each.id)).toEqual(["w"]);
});

it("a visit that was made here counts before it is sent", () => {
  const made = { id: "v", version: 0, unsent: true, planned_on: ON, assignee_id: "w", place: "展厅" } as unknown as Visit;
  const board = boardOf(day([complete(made, "me")]), [], ON, MOMENT);
  expect(board.people).toMatchObject([{ id: "w", counts: { planned: 1, open: 1 } }]);
});

it("the plan is the one that was sent last", () => {
  const plan = (sent_at: number | null) => ({
    id: String(sent_at), version: 1, unsent: false, plan_on: ON, note: null, copied_to: null, state: "sent" as const, sent_at, owner_id: "w",
  });
  const board = boardOf(day([], [plan(5), plan(9), plan(null)]), [member("w")], ON, MOMENT);
  expect(board.people[0]?.planSentAt).toBe(9);
});

it("calls and other activities stand beside the visits, and whoever made some is not idle", () => {
  const said = (id: string, author_id: string, channel: "call_in" | "call_out" | "mail") => ({ id, author_id, channel, day_on: ON }) as Day["activities"][number];
  const activities = [said("1", "z", "call_in"), said("2", "z", "call_out"), said("3", "z", "mail")];
  const board = boardOf({ ...day([]), activities }, [member("w"), member("z")], ON, MOMENT);
  expect(board.people.map((each) => [each.name, each.counts.calls, each.counts.contacts])).toEqual([["王磊", 0, 0], ["赵敏", 2, 1]]);
  expect(board.total).toMatchObject({ calls: 2, contacts: 1 });
});
