import { expect, it } from "vitest";
import { addressOf } from "../../src/app/inbox/words";
import { snoozes, sorted, type Notice } from "../../src/app/inbox/order";

const ZONE = "Asia/Shanghai";
const at = (clock: string, day = "2025-03-03") => Date.parse(`${day}T${clock}+08:00`);

const notice = (id: string, state: Notice["state"], created: number, snoozed_until: number | null = null): Notice => ({
  id, state, snoozed_until, created_at: created, version: 1, unsent: false, topic: "fieldwork.follow-up-due", subject_collection: null,
  subject_id: null, customer_name: null, params: {}, due_at: null,
});

const ids = (notices: readonly Notice[]) => notices.map((each) => each.id).join("");

it("unread first, newest first; what is done is gone, what is put off comes back by itself", () => {
  const notices = [
    notice("a", "read", 1), notice("b", "unread", 2), notice("c", "done", 3), notice("d", "snoozed", 4, at("12:00")),
    notice("e", "unread", 5), notice("f", "read", 6), notice("g", "snoozed", 7, at("11:00")),
  ];
  const before = sorted(notices, at("10:59"));
  expect([before.unread, before.read, before.snoozed].map(ids)).toEqual(["eb", "fa", "gd"]);
  const later = sorted(notices, at("11:00"));
  expect([later.unread, later.read, later.snoozed].map(ids)).toEqual(["geb", "fa", "d"]);
});

it.each([
  // Monday the 3rd.
  [at("10:00"), { hour: at("11:00"), evening: at("17:00"), tomorrow: at("09:00", "2025-03-04"), monday: at("09:00", "2025-03-10") }],
  [at("16:30"), { hour: at("17:30"), tomorrow: at("09:00", "2025-03-04"), monday: at("09:00", "2025-03-10") }],
  // Sunday: tomorrow is Monday.
  [at("08:00", "2025-03-09"), { hour: at("09:00", "2025-03-09"), evening: at("17:00", "2025-03-09"), tomorrow: at("09:00", "2025-03-10") }],
])("what it can be put off to", (now, offered) => {
  expect(Object.fromEntries(snoozes(now, ZONE))).toEqual(offered);
  expect(snoozes(now, ZONE).map(([, until]) => until)).toEqual(Object.values(offered));
});

it.each([
  ["visits", "v", {}, "/visits/v"],
  ["tasks", "t", { customer_id: "c" }, "/tasks/t"],
  ["follow_ups", "f", { customer_id: "c" }, "/customers/c"],
  ["approvals", "p", {}, "/approvals/p"],
  ["day_plans", "d", { owner_id: "o", plan_on: "2025-03-03" }, "/team/2025-03-03/o"],
  ["something_newer", "x", { customer_id: "c" }, "/customers/c"],
  ["something_newer", "x", {}, null],
])("a tap on a notice about %s %s leads somewhere sensible", (collection, id, params, address) => {
  expect(addressOf({ ...notice("a", "unread", 1), subject_collection: collection, subject_id: id, params })).toBe(address);
});
