import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { narrowed, WIDE } from "../../src/app/customers/filters";
import { directoryOf, search, type Contact, type Customer } from "../../src/app/customers/directory";
import { soughtSound, soundKeys } from "../../src/app/customers/sounds";
import { gradeByHorizon, urgencyOf } from "../../src/app/rows/profile";

const cases = (name: string) => JSON.parse(readFileSync(`../tests/server/customers/cases/${name}.json`, "utf8")) as unknown;

interface ProfileCase {
  readonly today: string;
  readonly need_level: Customer["need_level"];
  readonly expected_close_on: string | null;
  readonly grade: string | null;
  readonly urgency: string | null;
}

describe("grade and urgency are the server's", () => {
  it.each(cases("profile") as ProfileCase[])("$today $need_level $expected_close_on", (given) => {
    expect(gradeByHorizon(given.need_level, given.expected_close_on, given.today)).toBe(given.grade);
    expect(urgencyOf(given.expected_close_on, given.today)).toBe(given.urgency);
  });
});

interface SoundCase {
  readonly name: string;
  readonly reading: string | null;
  readonly keys: readonly string[];
}

describe("the keys of a name are the server's", () => {
  it.each(cases("sounds") as SoundCase[])("$name", ({ name, reading, keys }) => {
    const letters = [...name.replace(/ /g, "")];
    const ends = letters.map((_, start) => letters.slice(start, start + 24).join(""));
    expect([...new Set([...ends, ...soundKeys(reading)])].sort()).toEqual([...keys].sort());
  });

  it.each([
    ["Wang Xiao", "wangxiao"],
    ["ｗｘｍ", "wxm"],
    ["lüb", "lvb"],
    ["王", null],
    ["", null],
  ])("%s is sought as %s", (typed, sound) => {
    expect(soughtSound(typed)).toBe(sound);
  });
});

const customer = (id: string, name: string, more: Partial<Customer> = {}) => ({ id, name, ...more }) as Customer;

describe("a directory with readings and contacts", () => {
  const people = [{ customer_id: "2", name: "李娜", pinyin: "li na/nuo" } as Contact];
  const entries = directoryOf(
    [customer("1", "曾敏", { pinyin: "zeng/ceng min", grade: "A" }), customer("2", "江南置业", { pinyin: "jiang nan zhi ye", is_enabled: false }), customer("3", "吕布", { pinyin: "lv bu" })],
    [],
    people,
  );
  it.each([
    ["zengm", ["1"]],
    ["cm", ["1"]],
    ["min", ["1"]],
    ["engmin", []],
    ["nzy", ["2"]],
    ["linuo", ["2"]],
    ["李娜", ["2"]],
    ["lüb", ["3"]],
  ])("%s finds %j", (query, ids) => {
    expect(search(entries, query).map((entry) => entry.customer.id)).toEqual(ids);
  });

  it("is narrowed by what a customer is; one made here is in use", () => {
    const ids = (filter: Partial<typeof WIDE>) => narrowed(entries, { ...WIDE, ...filter }, "2025-03-03").map((entry) => entry.customer.id);
    expect(ids({ grade: "A" })).toEqual(["1"]);
    expect(ids({ status: "disabled" })).toEqual(["2"]);
    expect(ids({ status: "enabled" }).sort()).toEqual(["1", "3"]);
  });

  it("ten thousand with readings are searched within a blink", () => {
    const syllables = ["wang", "li", "zhang", "zeng/ceng", "xiao", "ming", "na/nuo", "fang"];
    const at = (place: number) => syllables[place % syllables.length] ?? "";
    const many = Array.from({ length: 10_000 }, (_, place) =>
      customer(String(place), "王小明", { pinyin: `${at(place)} ${at(place >> 3)} ${at(place >> 6)}` }),
    );
    const ready = directoryOf(many, []);
    const took = ["wxm", "zengxiao", "f", "nobody"].map((query) => {
      const began = performance.now();
      search(ready, query);
      return performance.now() - began;
    });
    expect(Math.max(...took)).toBeLessThan(250); // 2 to 30 ms each on a busy machine
  });
});
