import { describe, expect, it } from "vitest";
import { byTimeThenWeight, dayOn, isLate, openPlanned, standingOf, type Visit } from "../../src/app/rows/visits";
import { groupsOf, toCome } from "../../src/app/today/day";
import { BLANK, blankFor, refusalOf } from "../../src/app/visit/log_form";
import { fixOf } from "../../src/app/visit/position";

const ZONE = "Asia/Shanghai";
const NOON = Date.UTC(2026, 10, 27, 4); // of 27 November in Shanghai
const HOUR = 3_600_000;

const visit = (fields: Partial<Visit> = {}): Visit =>
  ({ id: "v", planned_on: "2026-11-27", planned_start_at: null, planned_end_at: null, state: "planned", ...fields }) as Visit;

describe("where a visit stands follows from day, state and clock (rule F5)", () => {
  const midnight = Date.UTC(2026, 10, 27, 16);

  it.each([
    [midnight - 1, "planned"],
    [midnight, "silent"],
    [midnight + 72 * HOUR - 1, "silent"],
    [midnight + 72 * HOUR, "missed"],
  ])("at %d it is %s", (now, standing) => {
    expect(standingOf(visit(), now, ZONE)).toBe(standing);
  });

  it("what was begun, done or cancelled is that, whenever", () => {
    for (const state of ["in_progress", "done", "cancelled"] as const) expect(standingOf(visit({ state }), midnight * 2, ZONE)).toBe(state);
  });

  it("late after 15 minutes, begun or not; never when cancelled", () => {
    const planned_start_at = NOON;
    expect(isLate(visit({ planned_start_at }), NOON + 15 * 60_000, ZONE)).toBe(false);
    expect(isLate(visit({ planned_start_at }), NOON + 15 * 60_000 + 1, ZONE)).toBe(true);
    expect(isLate(visit({ planned_start_at, actual_started_at: NOON, state: "done" }), NOON + 9 * HOUR, ZONE)).toBe(false);
    expect(isLate(visit({ planned_start_at, state: "cancelled" }), NOON + 9 * HOUR, ZONE)).toBe(false);
  });
});

it("a row made here, which has only what was typed, has a state and a day all the same", () => {
  const made = { id: "v", place: "x" } as Visit;
  expect(standingOf(made, NOON, ZONE)).toBe("planned");
  expect(dayOn(made, ZONE, NOON)).toBe("2026-11-27");
});

it("a day is in order of time, then of importance times urgency", () => {
  const day = [
    visit({ id: "light", importance: 1, urgency: 1 }),
    visit({ id: "ten", planned_start_at: NOON - 2 * HOUR }),
    visit({ id: "heavy", importance: 3, urgency: 3 }),
    visit({ id: "nine", planned_start_at: NOON - 3 * HOUR }),
  ];
  expect(day.sort(byTimeThenWeight).map((each) => each.id)).toEqual(["nine", "ten", "heavy", "light"]);
});

describe("the log of a visit", () => {
  it("needs an outcome or a result, and nothing more", () => {
    expect(refusalOf(BLANK, NOON, ZONE)).toBe("nothing-said");
    expect(refusalOf({ ...BLANK, outcome: "met" }, NOON, ZONE)).toBeNull();
    expect(refusalOf({ ...BLANK, result: "x" }, NOON, ZONE)).toBeNull();
  });

  it("a follow-up says what is to be done; a visit has not ended in the future", () => {
    expect(refusalOf({ ...BLANK, outcome: "met", nextOn: "2026-11-30" }, NOON, ZONE)).toBe("no-follow-up-text");
    expect(refusalOf({ ...BLANK, outcome: "met", ended: { day: "2026-11-27", clock: "12:30" } }, NOON, ZONE)).toBe("ends-in-future");
  });

  it("one of an earlier day did not end just now", () => {
    expect(blankFor(visit(), NOON + 24 * HOUR, ZONE).ended).toEqual({ day: "2026-11-27", clock: "18:00" });
    expect(blankFor(visit({ planned_start_at: NOON }), NOON + 24 * HOUR, ZONE).ended).toEqual({ day: "2026-11-27", clock: "13:00" });
    expect(blankFor(visit(), NOON, ZONE).ended).toBeNull();
  });
});

it("a fix is told in whole units, with the age it really has, and never made more precise than it is", () => {
  const coords = { latitude: 31.23041234, longitude: -121.5, accuracy: 11.2 } as GeolocationCoordinates;
  expect(fixOf({ coords, timestamp: NOON - 61_000 }, NOON)).toEqual({ latitude_e7: 312_304_123, longitude_e7: -1_215_000_000, accuracy_m: 12, fix_age_s: 61 });
  expect(fixOf({ coords, timestamp: NOON + 5000 }, NOON).fix_age_s).toBe(0);
});

it("the day goes on with what is under way, then with what is to be done, and with nothing once all is done", () => {
  const [done, open, running] = (["done", "planned", "in_progress"] as const).map((state) => visit({ id: state, state }));
  const next = (...visits: (Visit | undefined)[]) => toCome(groupsOf(visits.filter((each) => each !== undefined), NOON, ZONE));
  expect([next(done, open, running), next(done, open), next(done), next()]).toEqual([["in_progress", "planned"], ["planned"], [], []]);
});

it("who is visited without a plan and stands in the plan of that day is told of, unless it is begun, another day's or a colleague's", () => {
  const mine = (id: string, fields: Partial<Visit> = {}) => visit({ id, assignee_id: "me", ...fields });
  const others = [mine("begun", { state: "in_progress" }), mine("later", { planned_on: "2026-11-28" }), mine("off", { state: "cancelled" }), visit({ id: "hers", assignee_id: "her" })];
  expect(openPlanned(others, "2026-11-27", "me")).toBeUndefined();
  const made = { id: "made", planned_on: "2026-11-27" } as Visit; // not sent yet: it names nobody and has no state
  expect(openPlanned([...others, made, mine("timed", { planned_start_at: NOON })], "2026-11-27", "me")?.id).toBe("timed");
  expect(openPlanned([...others, made], "2026-11-27", "me")?.id).toBe("made");
});
