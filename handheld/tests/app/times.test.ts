import { beforeAll, describe, expect, it } from "vitest";
import { i18n } from "../../src/i18n";
import * as times from "../../src/app/words/times";
import { parseMoney, sayMoney, sayShort } from "../../src/app/words/money";
import { sayOwnKind } from "../../src/app/activities/words";
import { sayPhone } from "../../src/app/words/phones";
import { sayProblem } from "../../src/app/words/problems";
import days from "../../../tests/server/fieldwork/cases/days.json";

const AT = Date.UTC(2026, 10, 27, 16, 30); // 00:30 of the next day in Shanghai, 11:30 in New York

beforeAll(() => {
  i18n.activate("en");
});

describe("days and times are those of the organisation", () => {
  it("the day of an instant", () => {
    expect(times.dayOf(AT, "Asia/Shanghai")).toBe("2026-11-28");
    expect(times.dayOf(AT, "America/New_York")).toBe("2026-11-27");
  });

  it.each([
    ["2026-11-28", "00:30", "Asia/Shanghai"],
    ["2026-03-29", "03:15", "Europe/Berlin"], // the day clocks go forward
    ["2026-10-25", "12:00", "Europe/Berlin"], // and back
    ["2026-01-01", "00:00", "Pacific/Auckland"],
  ])("%s %s in %s is an instant and back", (day, clock, zone) => {
    const at = times.instantOf(day, clock, zone);
    expect([times.dayOf(at, zone), times.clockOf(at, zone)]).toEqual([day, clock]);
  });

  it("a day ends where the next begins, also when it has 23 hours", () => {
    expect(times.endOf("2026-03-29", "Europe/Berlin") - times.instantOf("2026-03-29", "00:00", "Europe/Berlin")).toBe(23 * 3_600_000);
  });

  for (const { zone, day, begins, hours } of days) {
    it(`${day} in ${zone} begins and ends as the server says`, () => {
      const begin = times.instantOf(day, "00:00", zone);
      expect([begin, times.endOf(day, zone) - begin]).toEqual([Date.parse(begins), hours * 3_600_000]);
    });
  }

  it("days are counted over months, years and leap days", () => {
    expect(times.addDays("2024-02-28", 2)).toBe("2024-03-01");
    expect(times.daysBetween("2025-12-31", "2026-01-02")).toBe(2);
  });

  it("near days have names, far ones a date, other years their year", () => {
    const said = (day: string) => times.sayDay(day, "2026-11-27");
    expect([said("2026-11-26"), said("2026-11-27"), said("2026-11-28")]).toEqual(["Yesterday", "Today", "Tomorrow"]);
    expect(said("2026-12-01")).toMatch(/1 Dec/);
    expect(said("2025-12-01")).toMatch(/2025/);
  });
});

describe("words", () => {
  it("money is whole cents, typed as people type", () => {
    expect(sayMoney(123_405, "CNY")).toBe("¥1,234.05");
    expect(sayMoney(9_007_199_254_740_991, "CNY")).toContain("409.91");
    expect([748_000_000, 2_562_000_049, 99_999_999_999_99].map((minor) => sayShort(minor, "CNY"))).toEqual(["¥7.48M", "¥25.62M", "¥100B"]);
    expect([parseMoney("12.5", "CNY"), parseMoney("１２．５０", "CNY"), parseMoney("1,200", "CNY"), parseMoney("300", "JPY")]).toEqual([
      1250, 1250, 120_000, 300,
    ]);
    expect([parseMoney("1.234", "CNY"), parseMoney("-1", "CNY"), parseMoney("", "CNY"), parseMoney("1.5", "JPY")]).toEqual([null, null, null, null]);
  });

  it("a mobile number is grouped; any other is left as it is dialled", () => {
    expect(sayPhone("+8613800138000")).toBe("138 0013 8000");
    expect(sayPhone("+442079460000")).toBe("+442079460000");
    const typed = ["13800138000", "138-0013 8000", "+86 138 0013 8000", "１３８００１３８０００"];
    expect(typed.map(sayPhone), "one that was typed here reads as it will when it is sent").toEqual(typed.map(() => "138 0013 8000"));
    expect(["021-6288 0000", "12345", "238 0013 8000"].map(sayPhone)).toEqual(["021-6288 0000", "12345", "238 0013 8000"]);
  });

  it("a kind of contact of the organisation's own is said in the language that is spoken", () => {
    const kind = { name_zh: "工地巡访", name_en: "Site walk" };
    expect(sayOwnKind(kind)).toBe("Site walk");
    i18n.activate("zh-CN");
    expect(sayOwnKind(kind)).toBe("工地巡访");
    i18n.activate("en");
  });

  it("problems are said in the language that is spoken, with their params, and unknown codes by their code", () => {
    expect(sayProblem("accounts.password-too-short", { least: 12 })).toBe("A password needs at least 12 characters.");
    i18n.activate("zh-CN");
    expect(sayProblem("accounts.password-too-short", { least: 12 })).toBe("密码至少需要 12 个字符。");
    expect(sayProblem("later.new-code")).toContain("later.new-code");
    i18n.activate("en");
  });
});
