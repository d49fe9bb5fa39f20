import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Wedge, type Stroke } from "../../src/kiosk/reader/wedge";
import { CHIP, GENUINE, PHONE } from "./cases";
import { LAYOUTS, strokesOf, type, type Setting } from "./typing";

const { US, GERMAN, FRENCH } = LAYOUTS;
const CARDS = { printed: GENUINE, phone: PHONE, chip: CHIP };

describe("a reader that types", () => {
  const settings: Record<string, Setting> = {
    "on its own layout": { reader: US },
    "on a French machine": { reader: US, machine: FRENCH },
    "on a German machine": { reader: US, machine: GERMAN },
    "with CapsLock on": { reader: US, capsLock: true },
    "with CapsLock on, on a French machine": { reader: US, machine: FRENCH, capsLock: true },
    "into a Chinese input method": { reader: US, inputMethod: true },
    "set to French, on a French machine": { reader: FRENCH },
    "set to German, on a US machine": { reader: GERMAN, machine: US },
    "set to French, into a Chinese input method": { reader: FRENCH, inputMethod: true },
    "slowly, over the air": { reader: US, everyMs: 60 },
    "with Tab behind it": { reader: US, end: "Tab" },
  };
  for (const [how, setting] of Object.entries(settings)) {
    it.each(Object.entries(CARDS))(`${how}: %s`, (_, text) => {
      expect(type(new Wedge(), strokesOf(text, setting)).text).toBe(text);
    });
  }

  it("is read without an end key, when nothing more comes", () => {
    const wedge = new Wedge();
    const strokes = strokesOf(PHONE, { reader: US, end: null });
    expect(type(wedge, strokes).text).toBeNull();
    const last = strokes.at(-1)?.at ?? 0;
    expect(wedge.quiet(last + 20)).toBeNull();
    expect(wedge.quiet(last + 500)).toBe(PHONE);
    expect(wedge.quiet(last + 900)).toBeNull();
  });

  it("is read behind what it says of the kind of code", () => {
    expect(type(new Wedge(), strokesOf(`]Q3${GENUINE}`, { reader: US })).text).toBe(GENUINE);
  });

  it("is read when it types the numbers of characters with Alt", () => {
    let at = 0;
    const stroke = (down: boolean, code: string, key: string): Stroke => ({
      down, code, key, shift: false, alt: down, control: false, at: (at += 4),
    }); // prettier-ignore
    const strokes = [...`${PHONE}\r`].flatMap((character) => [
      stroke(true, "AltLeft", "Alt"),
      ...[...`0${character.charCodeAt(0)}`].map((digit) => stroke(true, `Numpad${digit}`, digit)),
      stroke(false, "AltLeft", "Alt"),
    ]);
    expect(type(new Wedge(), strokes).text).toBe(PHONE);
  });

  it("is read where its layout needs AltGr for a character", () => {
    const text = `${PHONE.slice(0, -2)}$0`;
    const strokes = strokesOf(text, { reader: US }).map((each) =>
      each.key === "$" ? { ...each, code: "Digit4", shift: false, alt: true } : each,
    ); // prettier-ignore
    expect(type(new Wedge(), strokes).text).toBe(text);
  });

  it("is heard where the browser does not know the places of keys", () => {
    const strokes = strokesOf(GENUINE, { reader: US }).map((each) => ({ ...each, code: each.key === "Enter" ? "Enter" : "" }));
    expect(type(new Wedge(), strokes).text).toBe(GENUINE);
  });

  it("says what it read when that is no card of ours, so that somebody gets an answer", () => {
    expect(type(new Wedge(), strokesOf("6901234567892", { reader: US })).text).toBe("6901234567892");
  });

  it("reads the next one after a reading that broke off", () => {
    const wedge = new Wedge();
    type(wedge, strokesOf(GENUINE.slice(0, 60), { reader: US, end: null }));
    expect(type(wedge, strokesOf(PHONE, { reader: US, from: 9_000 })).text).toBe(PHONE);
  });

  it("keeps its keys from buttons and fields, from the second on", () => {
    const { heard } = type(new Wedge(), strokesOf(PHONE, { reader: US }));
    const strokes = strokesOf(PHONE, { reader: US });
    const written = heard.filter((_, place) => strokes[place]?.down && strokes[place]?.key !== "Shift");
    expect(written.slice(1).every((each) => each.swallow)).toBe(true);
  });
});

describe("a person who types", () => {
  it.each([90, 120, 200, 400])("every %d ms keeps all keys and reads nothing", (everyMs) => {
    const { text, heard } = type(new Wedge(), strokesOf("hello there, how are you", { reader: US, everyMs }));
    expect(text).toBeNull();
    expect(heard.some((each) => each.swallow)).toBe(false);
  });

  it("keeps Enter, Space and Tab", () => {
    const wedge = new Wedge();
    for (const [code, key] of [["Enter", "Enter"], ["Space", " "], ["Tab", "Tab"]] as const) {
      const stroke = { down: true, code, key, shift: false, alt: false, control: false, at: 5_000 };
      expect(wedge.hear(stroke)).toEqual({ text: null, swallow: false });
      wedge.quiet(9_000);
    }
  });
});

it("ends by itself whatever keys come, and reads the card after them", () => {
  const codes = ["KeyA", "Digit5", "Enter", "Tab", "Space", "AltLeft", "ShiftLeft", "Numpad3", "F5", "", "Process"];
  const stroke = fc.record({
    down: fc.boolean(), code: fc.constantFrom(...codes), key: fc.constantFrom("a", "Alt", "Shift", "Process", "Dead", "5"),
    shift: fc.boolean(), alt: fc.boolean(), control: fc.boolean(), at: fc.nat(400),
  }); // prettier-ignore
  fc.assert(
    fc.property(fc.array(stroke, { maxLength: 60 }), (strokes) => {
      const wedge = new Wedge();
      let at = 0;
      for (const each of strokes) wedge.hear({ ...each, at: (at += each.at) });
      wedge.quiet(at + 1_000);
      expect(type(wedge, strokesOf(GENUINE, { reader: US, from: at + 2_000 })).text).toBe(GENUINE);
    }),
  );
});
