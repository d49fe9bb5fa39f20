import { describe, expect, it } from "vitest";
import { decode } from "../../src/kiosk/cards/base45";
import { verifyPrinted } from "../../src/kiosk/cards/printed";
import { heldCard, kindOf } from "../../src/kiosk/cards/shapes";
import { CHIP, GENUINE, PHONE, PRINTED } from "./cases";

const { organisation, card_keys } = PRINTED;
const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

describe("base45", () => {
  it.each([
    ["BB8", [65, 66]],
    ["QED8WEX0", [105, 101, 116, 102, 33]],
    ["", []],
  ])("reads %s as RFC 9285 has it", (text, bytes) => expect([...(decode(text) ?? [])]).toEqual(bytes));

  it.each(["A", "GGW", ":::", "::", "bb8", "BB8\u0000"])("refuses %j", (text) => expect(decode(text)).toBeNull());
});

describe("a printed card without a network", () => {
  it.each(PRINTED.genuine)("$issued_on is genuine", async ({ text }) => {
    expect(await verifyPrinted(text, organisation, card_keys)).toBe("genuine");
  });

  it.each(PRINTED.not_genuine)("is refused: $why", async ({ text }) => {
    expect(await verifyPrinted(text, organisation, card_keys)).toBe("refused");
  });

  it("is refused by another organisation and without its key", async () => {
    expect(await verifyPrinted(GENUINE, organisation.replace("d001", "d002"), card_keys)).toBe("refused");
    expect(await verifyPrinted(GENUINE, organisation, [])).toBe("refused");
  });

  it("is refused whichever of its characters is another one", async () => {
    for (let at = 0; at < GENUINE.length; at += 1) {
      const other = CHARACTERS.charAt((CHARACTERS.indexOf(GENUINE.charAt(at)) + 1) % CHARACTERS.length);
      const text = GENUINE.slice(0, at) + other + GENUINE.slice(at + 1);
      expect(await verifyPrinted(text, organisation, card_keys), String(at)).toBe("refused");
    }
  });

  it("stays open where the browser cannot verify", async () => {
    expect(await verifyPrinted(GENUINE, organisation, [{ kid: "b8343d9942567958", key: "AAAA" }])).toBe("unknown");
  });
});

describe("what could be ours", () => {
  it.each([
    [GENUINE, "printed"],
    [PHONE, "phone"],
    [CHIP, "chip"],
    [GENUINE.toLowerCase(), null],
    [`${GENUINE} `, null],
    [PHONE.slice(0, -1), null],
    ["DS2:" + "é".repeat(45), null],
    [CHIP.toLowerCase(), null],
    [`${CHIP}&more=1`, null],
    ["weixin://wxpay/bizpayurl?pr=abc", null],
    ["6901234567892", null],
    ["", null],
  ])("%s", (text, kind) => expect(kindOf(text)).toBe(kind));

  it("knows a phone that is held there while its code changes", () => {
    const later = `${PHONE.slice(0, -6)}TW1EN0`;
    expect(heldCard(later)).toBe(heldCard(PHONE));
    expect(heldCard(GENUINE)).not.toBe(heldCard(PHONE));
  });
});
