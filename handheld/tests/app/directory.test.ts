import { describe, expect, it } from "vitest";
import { directoryOf, search, soughtAs, twinsOf, type Customer, type Phone } from "../../src/app/customers/directory";

const customer = (id: string, name: string) => ({ id, name }) as Customer;
const phone = (customer_id: string, number: string) => ({ id: `p${customer_id}`, customer_id, number }) as Phone;

const entries = directoryOf(
  [customer("1", "王小明"), customer("2", "Zoë Müller"), customer("3", "１６８８公司"), customer("4", "欧阳 娜娜"), customer("5", "阿里木"), customer("6", "卢塞恩")],
  [phone("1", "+8613800138000"), phone("2", "+491701234567"), phone("6", "+861062345678")],
);
const found = (query: string) => search(entries, query).map((entry) => entry.customer.id);

describe("searching", () => {
  it.each([
    ["小明", ["1"]],
    ["wxm", ["1"]],
    ["WX", ["1"]],
    ["zoe mul", ["2"]],
    ["1688", ["3"]],
    ["8000", ["1"]],
    ["138 0013 8000", ["1"]],
    ["0086 138 0013 8000", ["1"]],
    ["010-62345678", ["6"]],
    ["oynn", ["4"]],
    ["欧阳娜", ["4"]],
    ["a", ["5"]],
    ["nobody", []],
  ])("%s finds %j", (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it("an empty query finds all, in order of pinyin", () => {
    expect(found("  ").filter((id) => ["1", "4", "5"].includes(id))).toEqual(["5", "4", "1"]);
  });

  it("what begins with the query comes first", () => {
    const both = directoryOf([customer("x", "小王"), customer("y", "王五")], []);
    expect(search(both, "王").map((entry) => entry.customer.id)).toEqual(["y", "x"]);
  });

  it("ten thousand are made ready and searched well within a blink", () => {
    const many = Array.from({ length: 10_000 }, (_, place) => customer(String(place), `${"王李张刘陈"[place % 5]}${"伟芳娜敏静"[place % 4]}${place}`));
    const numbers = many.map((each, place) => phone(each.id, `+86138${String(place).padStart(8, "0")}`));
    const ready = directoryOf(many, numbers);
    const began = performance.now();
    expect(search(ready, "wf").length).toBeGreaterThan(0);
    expect(search(ready, "9999").length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(250);
  });
});

it("a search that found nobody says whom to enter", () => {
  expect(["王小明 ", "Zoe 2", "138 0013-8000", "+86 13800138000", "8000", " "].map(soughtAs)).toEqual([
    { name: "王小明" }, { name: "Zoe 2" }, { phone: "138 0013-8000" }, { phone: "+86 13800138000" }, null, null,
  ]);
});

describe("who may be known already", () => {
  it("the same number however it is written, before the same name", () => {
    expect(twinsOf(entries, { name: "Zoe Muller", phone: "138-0013-8000" }).map(({ entry, why }) => [entry.customer.id, why])).toEqual([
      ["1", "phone"],
      ["2", "name"],
    ]);
  });

  it("nobody for little", () => {
    expect(twinsOf(entries, { name: "王", phone: "138" })).toEqual([]);
    for (const typed of ["010 6234 5678", "(010)62345678", "+86 10 62345678", "86-10-62345678", "0086 010 62345678"])
      expect(twinsOf(entries, { phone: typed }).map(({ entry }) => entry.customer.id), typed).toEqual(["6"]);
    expect(twinsOf(entries, { phone: "0049 170 1234567" }).map(({ entry }) => entry.customer.id)).toEqual(["2"]);
  });
});
