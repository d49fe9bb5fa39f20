import { describe, expect, it } from "vitest";
import { changesOf, formOf, lacksReason } from "../../src/app/customers/card_form";
import type { Customer } from "../../src/app/customers/directory";

const customer = (values: Partial<Customer>): Customer => ({ id: "a", version: 1, unsent: false, name: "王小明", stage: "prospect", ...values }) as Customer;

function edited(values: Partial<Customer>, changes: Partial<ReturnType<typeof formOf>>) {
  const before = formOf(customer(values), "CNY");
  const form = { ...before, ...changes };
  return { lacks: lacksReason(before, form), sent: changesOf(before, form, "CNY", "2025-03-03") };
}

describe("a card's form", () => {
  it("sends nothing of what was not touched", () => {
    expect(edited({ stage: "lost", lost_reason: "price", born_on: "1985-06-07", id_number: "D1234567", expected_amount_minor: 5 }, {}).sent).toEqual({});
  });

  it("asks who becomes lost why, and sends it along even when it was so before", () => {
    expect(edited({}, { stage: "lost" }).lacks).toBe(true);
    expect(edited({}, { stage: "lost", lostReason: "layout" })).toEqual({ lacks: false, sent: { stage: "lost", lost_reason: "layout" } });
    // The reason of a former loss may still stand in the row until the office has answered.
    expect(edited({ lost_reason: "layout" }, { stage: "lost" }).lacks).toBe(true);
    expect(edited({ lost_reason: "layout" }, { stage: "lost", lostReason: "layout" }).sent).toEqual({ stage: "lost", lost_reason: "layout" });
  });

  it("corrects a reason alone, and says none of who comes back", () => {
    const lost = { stage: "lost", lost_reason: "price" } as const;
    expect(edited(lost, { lostReason: "other" }).sent).toEqual({ lost_reason: "other" });
    expect(edited(lost, { stage: "visited", lostReason: "other" }).sent).toEqual({ stage: "visited" });
  });

  it("lets all else be changed of who was lost before reasons were asked for", () => {
    expect(edited({ stage: "lost" }, { remark: "x" })).toEqual({ lacks: false, sent: { remark: "x" } });
    expect(edited({ stage: "lost" }, { lostReason: "other" }).sent).toEqual({ lost_reason: "other" });
  });

  it("sends a birthday and an identity number, and null for what was cleared", () => {
    expect(edited({}, { bornOn: "1985-06-07", idNumber: " d1234567 " }).sent).toEqual({ born_on: "1985-06-07", id_number: "D1234567" });
    expect(edited({ born_on: "1985-06-07", id_number: "D1234567" }, { bornOn: "", idNumber: "" }).sent).toEqual({ born_on: null, id_number: null });
  });
});
