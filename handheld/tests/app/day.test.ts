import { describe, expect, it } from "vitest";
import { isLate, standingOf } from "../../src/app/rows/visits";
import { countsOf, NONE, plus, type Counts, type Line } from "../../src/app/team/day";
import recorded from "../../../tests/server/insight/cases/days.json";

interface Case {
  readonly name: string;
  readonly zone: string;
  readonly visits: readonly Readonly<Record<string, string>>[];
  readonly asked: readonly { readonly on: string; readonly now: string; readonly counts: Partial<Counts> }[];
}

const instant = (iso: string | undefined) => (iso === undefined ? null : Date.parse(iso));

const line = (told: Readonly<Record<string, string | undefined>>): Line => ({
  state: told["state"] as Line["state"],
  planned_on: told["planned_on"] ?? null,
  day_on: told["day_on"] ?? "",
  planned_start_at: instant(told["planned_start_at"]),
  actual_started_at: instant(told["actual_started_at"]),
  location_verdict: (told["location_verdict"] ?? "none") as Line["location_verdict"],
});

describe.each(recorded as unknown as readonly Case[])("the device counts as the office's board does: $name", ({ zone, visits, asked }) => {
  it.each(asked.map((each) => [each.on, each.now, each.counts] as const))("%s, asked at %s", (on, now, counts) => {
    const found = countsOf(visits.map(line), on, { now: Date.parse(now), zone });
    expect(found).toEqual({ ...NONE, ...counts });
    const { planned, kept, in_progress, open, cancelled, not_heard_from, missed } = found;
    expect(kept + in_progress + open + cancelled + not_heard_from + missed).toBe(planned);
  });
});

it("a visit that nobody planned is never missed and never late", () => {
  const walkIn = line({ state: "planned", day_on: "2025-03-03" });
  const [now, zone] = [Date.parse("2026-01-01T00:00Z"), "Asia/Shanghai"];
  expect([standingOf(walkIn, now, zone), isLate(walkIn, now, zone)]).toEqual(["planned", false]);
});

it("a team's numbers are the sum of its people's", () => {
  expect(plus({ ...NONE, planned: 2, late: 1 }, { ...NONE, planned: 3, done: 4 })).toEqual({ ...NONE, planned: 5, late: 1, done: 4 });
});
