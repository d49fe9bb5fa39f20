import { describe, expect, it } from "vitest";
import { directoryOf, type Customer, type Phone } from "../../src/app/customers/directory";
import { differences, likely } from "../../src/app/customers/merging";

const customer = (id: string, values: Partial<Customer>): Customer => ({ id, version: 1, unsent: false, name: "王小明", ...values }) as Customer;
const phone = (customer_id: string, number: string): Phone => ({ id: number + customer_id, customer_id, number }) as Phone;

describe("merging", () => {
  it("asks only about fields that both say, and differently", () => {
    const kept = customer("a", { grade: "A", remark: null, needs: "三房", stage: "prospect" });
    const gone = customer("b", { grade: "B", remark: "爱喝茶", needs: "三房", stage: "prospect" });
    expect(differences(kept, gone)).toEqual([{ field: "grade", kept: "A", gone: "B" }]);
  });

  it("offers whoever has the same name or number", () => {
    const customers = [customer("a", {}), customer("b", { name: " 王 小明" }), customer("c", { name: "李四" }), customer("d", { name: "赵六" })];
    const entries = directoryOf(customers, [phone("a", "+8613800138000"), phone("c", "+8613800138000"), phone("d", "+8613900139000")]);
    expect(likely(entries, "a").map((each) => each.customer.id).sort()).toEqual(["b", "c"]);
    expect(likely(entries, "nobody")).toEqual([]);
  });
});
