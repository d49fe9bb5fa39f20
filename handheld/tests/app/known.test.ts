/** Who is known already by what is typed, and the number of an identity document as it is typed, sent and shown. */
import { beforeAll, describe, expect, it } from "vitest";
import recorded from "../../../tests/server/customers/cases/id_numbers.json";
import { directoryOf, twinsOf, type Customer, type Phone } from "../../src/app/customers/directory";
import { idNumberRefusal, idNumberSent } from "../../src/app/customers/id_number_form";
import { askedOf, sayKnown, sayTwin, type Known } from "../../src/app/customers/known";
import { likely } from "../../src/app/customers/merging";
import { maskIdNumber, sayIdNumber } from "../../src/app/words/id_numbers";
import { i18n } from "../../src/i18n";

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

const PAPER = "11010519491231002X";

interface PaperCase {
  readonly typed: string;
  readonly kind: Customer["kind"];
  readonly stored: string | null;
  readonly mask: string | null;
}

describe("an identity number is the server's", () => {
  it.each((recorded as PaperCase[]).filter((each) => each.typed.trim() !== ""))("$kind $typed", ({ typed, kind, stored, mask }) => {
    const refusal = idNumberRefusal(typed, kind);
    if (stored === null) {
      expect(refusal).toBe("The identity number is not valid; please check it.");
      return;
    }
    expect([refusal, idNumberSent(typed), maskIdNumber(stored)]).toEqual([undefined, stored, mask]);
  });

  it("is not asked for: none is refused and sent as none", () => {
    expect(["", "  "].map((typed) => [idNumberRefusal(typed, "person"), idNumberSent(typed)])).toEqual([[undefined, null], [undefined, null]]);
  });

  it("has the name of what the bearer has", () => {
    expect((["person", "company"] as const).map(sayIdNumber)).toEqual(["Identity number", "Unified social credit code"]);
  });
});

const customer = (id: string, name: string, id_number?: string) => ({ id, name, ...(id_number && { id_number }) }) as Customer;
const phone = (customer_id: string, number: string) => ({ id: `p${customer_id}`, customer_id, number }) as Phone;

describe("who is known on this device", () => {
  const entries = directoryOf(
    [customer("1", "王小明", PAPER), customer("2", "李娜", "E12345678"), customer("3", "赵六"), customer("4", "王小明")],
    [phone("1", "+8613800138000"), phone("3", "+8613800138000")],
  );
  const found = (typed: Parameters<typeof twinsOf>[1], but?: string) => twinsOf(entries, typed, but).map(({ entry, why }) => [entry.customer.id, why]);

  it.each([PAPER, "１１０１０５１９４９１２３１００２ｘ", "110105 19491231 002x"])("by the whole identity number however it is written: %s", (idNumber) => {
    expect(found({ idNumber })).toEqual([["1", "id_number"]]);
  });

  it("not by half of one, a mask, or none", () => {
    expect(["110105", "110***********002X", "", " ", "12345678"].map((idNumber) => found({ idNumber }))).toEqual([[], [], [], [], []]);
  });

  it("each once, what says most first, and not whose card it is", () => {
    const typed = { name: "王小明", phone: "138 0013 8000", idNumber: PAPER };
    expect(found(typed)).toEqual([["1", "id_number"], ["3", "phone"], ["4", "name"]]);
    expect(found(typed, "1")).toEqual([["3", "phone"], ["4", "name"]]);
  });

  it("is offered to be merged with whoever has his number", () => {
    const two = directoryOf([customer("1", "王小明", PAPER), customer("2", "王先生", PAPER), customer("3", "李娜"), customer("4", "赵六")], []);
    expect([likely(two, "1"), likely(two, "3")].map((each) => each.map((entry) => entry.customer.id))).toEqual([["2"], []]);
  });
});

describe("whom the office is asked for", () => {
  it.each([
    [{ name: "王小明 " }, { name: "王小明", phones: [], id_number: "" }],
    [{ phone: " 138 0013 8000" }, { name: "", phones: ["138 0013 8000"], id_number: "" }],
    [{ idNumber: "110105 19491231 002x" }, { name: "", phones: [], id_number: PAPER }],
    [{ name: "王", phone: "138", idNumber: "1101" }, null],
    [{ idNumber: "110***********002X" }, null],
    [{}, null],
  ])("%j", (typed, asked) => {
    expect(askedOf(typed)).toEqual(asked);
  });
});

it("says why each is thought to be the same, and of one beyond reach only whose he is", () => {
  const known = (why: Known["why"], name: string | null): Known => ({ why, name, customer_id: name && "1", owner_name: "Na", unit_name: "west" });
  const of = (why: Known["why"]) => [sayTwin(why, "王小明"), sayKnown(known(why, "王小明"))];
  expect(of("id_number")).toEqual(["王小明: the same identity number", "王小明: the same identity number, with Na"]);
  expect(of("phone")).toEqual(["王小明: the same phone", "王小明: the same phone, with Na"]);
  expect(of("name")).toEqual(["王小明: the same name", "王小明: sounds the same, with Na"]);
  expect(sayKnown(known("id_number", null))).toBe("Somebody with this identity number is looked after by Na (west).");
  expect(sayKnown(known("phone", null))).toBe("Somebody with this phone is looked after by Na (west).");
});
