import { describe, expect, it } from "vitest";
import { i18n } from "../../src/i18n";
import { keptOf } from "../../src/app/customers/together";
import { guessed, hasName, mapped, partOf, type Column } from "../../src/app/imports/imports";

i18n.loadAndActivate({ locale: "en", messages: {} });

const column = (place: number, field: Column["field"]): Column => ({ place, title: `${place}`, samples: [], field });

describe("a list of customers", () => {
  it("has one column of each kind but phones, and needs a name", () => {
    const first = guessed([column(0, "name"), column(1, "phone"), column(2, null)]);
    expect(first).toEqual({ 0: "name", 1: "phone", 2: null });
    const second = mapped(first, 2, "name");
    expect(second).toEqual({ 0: null, 1: "phone", 2: "name" });
    expect(mapped(second, 0, "phone")).toEqual({ 0: "phone", 1: "phone", 2: "name" });
    expect([hasName(second), hasName(mapped(second, 2, null))]).toEqual([true, false]);
  });

  it("leaves several columns out at once", () => {
    expect(mapped({ 0: null, 1: "name" }, 1, null)).toEqual({ 0: null, 1: null });
  });

  it("says how far it is once that is known, and never more than all", () => {
    expect([partOf({ answered: 0, total: null }), partOf({ answered: 3, total: 4 }), partOf({ answered: 9, total: 8 })]).toEqual([null, 0.75, 1]);
  });
});

describe("several customers", () => {
  it("are named when they are protected, as the office names them", () => {
    const params = { count: 2, customers: ["a", "b"], names: ["王小明", "李四"], reasons: ["won", "member"] };
    expect(keptOf(params).map((each) => [each.id, each.name])).toEqual([["a", "王小明"], ["b", "李四"]]);
    expect(keptOf({})).toEqual([]);
  });
});
