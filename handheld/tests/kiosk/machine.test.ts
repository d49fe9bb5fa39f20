import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Held } from "../../src/kiosk/reader/held";
import { ANSWER_MS, AT_FIRST, FORM_MS, LONGEST_MS, next, type Happening, type Said, type Show } from "../../src/kiosk/screens/machine";
import { GENUINE, PHONE } from "./cases";

const WELCOME: Said = { kind: "welcome", name: "王**", tier: null };
const play = (happenings: readonly Happening[], from: Show = AT_FIRST): Show => happenings.reduce(next, from);

describe("the screen", () => {
  it("reads, answers, and invites again after ten seconds", () => {
    const read = play([{ kind: "shown", now: 0 }]);
    expect(read.screen.at).toBe("reading");
    const answered = play([{ kind: "answered", now: 100, turn: read.turn, said: WELCOME }], read);
    expect(answered.screen).toMatchObject({ at: "answer", said: WELCOME });
    expect(play([{ kind: "tick", now: 100 + ANSWER_MS - 1 }], answered).screen.at).toBe("answer");
    expect(play([{ kind: "tick", now: 100 + ANSWER_MS }], answered).screen.at).toBe("invitation");
  });

  it("never shows one visitor the answer of another", () => {
    const first = play([{ kind: "shown", now: 0 }]);
    const second = play([{ kind: "shown", now: 50 }], first);
    expect(play([{ kind: "answered", now: 60, turn: first.turn, said: WELCOME }], second)).toBe(second);
    const gone = play([{ kind: "left", now: 70 }], second);
    expect(play([{ kind: "answered", now: 80, turn: second.turn, said: WELCOME }], gone)).toBe(gone);
  });

  it("closes a form that nobody touches any more, not one that somebody fills in", () => {
    const form = play([{ kind: "asked-form", now: 0, visitor: "v" }]);
    const touched = play([{ kind: "touched", now: FORM_MS - 1 }, { kind: "tick", now: FORM_MS + 10 }], form);
    expect(touched.screen.at).toBe("form");
    expect(play([{ kind: "tick", now: FORM_MS }], form).screen.at).toBe("invitation");
  });

  it("speaks the language that was chosen until nobody is there any more", () => {
    const chosen = play([{ kind: "chose", now: 0, locale: "en" }, { kind: "shown", now: 50_000 }]);
    const answered = play([{ kind: "answered", now: 51_000, turn: chosen.turn, said: WELCOME }, { kind: "tick", now: 62_000 }], chosen);
    expect(answered.screen.at).toBe("invitation");
    expect(answered.chosen?.locale).toBe("en");
    expect(play([{ kind: "tick", now: 120_000 }], answered).chosen).toBeNull();
  });

  it("is back at the invitation within a minute of whatever happened", () => {
    const happening: fc.Arbitrary<Happening> = fc.oneof(
      fc.record({
        kind: fc.constantFrom("shown", "left", "touched", "asked-status", "sending", "refused-form", "tick"),
        now: fc.nat(5_000),
      }),
      fc.record({ kind: fc.constant("answered" as const), now: fc.nat(5_000), turn: fc.nat(8), said: fc.constant(WELCOME) }),
      fc.record({ kind: fc.constant("asked-form" as const), now: fc.nat(5_000), visitor: fc.constant("v") }),
      fc.record({ kind: fc.constant("chose" as const), now: fc.nat(5_000), locale: fc.constantFrom("en" as const, "zh-CN" as const) }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        let now = 0;
        const show = happenings.reduce((one, each) => next(one, { ...each, now: (now += each.now) }), AT_FIRST);
        expect(next(show, { kind: "tick", now: now + LONGEST_MS })).toMatchObject({ screen: { at: "invitation" }, chosen: null });
      }),
    );
  });
});

describe("a card before the camera", () => {
  it("is read once while it is held there, and again when it comes back", () => {
    const held = new Held();
    const seen = [0, 100, 200, 2_900, 5_000, 9_000].map((now) => held.isNew(GENUINE, now));
    expect(seen).toEqual([true, false, false, false, false, true]);
  });

  it("is read at once when it is another one, and not again when its code rotates", () => {
    const held = new Held();
    expect(held.isNew(GENUINE, 0)).toBe(true);
    expect(held.isNew(PHONE, 100)).toBe(true);
    expect(held.isNew(`${PHONE.slice(0, -6)}TW1EN0`, 200)).toBe(false);
  });
});
