import { describe, expect, it } from "vitest";
import * as kinds from "../../src/wire/kinds";
import { checkValue } from "../../src/wire/values";
import { WireError } from "../../src/wire/wire_error";
import { mint, isId } from "../../src/wire/ids";

const ID = "0199c1a0-0000-7000-8000-000000000001";

function codeOf(kind: kinds.Kind, value: unknown): string | null {
  try {
    checkValue(kind, value);
    return null;
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

describe("values are checked as the server will", () => {
  it.each<[kinds.Kind, unknown]>([
    [kinds.id, ID],
    [kinds.text(3), "王小明"],
    [kinds.text(2), "😀😀"],
    [kinds.text(9, true), "a\n\tb"],
    [kinds.code("A", "B"), "B"],
    [kinds.integer(0, 9), 9],
    [kinds.integer(-5, 0), -5],
    [kinds.boolean, false],
    [kinds.instant, 946_684_800_000],
    [kinds.day, "2024-02-29"],
    [kinds.orNull(kinds.day), null],
  ])("%j takes %j", (kind, value) => {
    expect(checkValue(kind, value)).toEqual(value);
  });

  it.each<[kinds.Kind, unknown, string]>([
    [kinds.id, ID.toUpperCase(), "sync.bad-id"],
    [kinds.id, null, "sync.not-null"],
    [kinds.text(3), "four", "sync.text-too-long"],
    [kinds.text(3), 3, "sync.wrong-type"],
    [kinds.text(9), "a\nb", "sync.forbidden-character"],
    [kinds.text(9), "a\u0000b", "sync.forbidden-character"],
    [kinds.text(9), "a\ud800b", "sync.forbidden-character"],
    [kinds.text(9), "a\ufffeb", "sync.forbidden-character"],
    [kinds.text(99), `a${"\u0301".repeat(31)}`, "sync.forbidden-character"],
    [kinds.code("A"), "a", "sync.unknown-choice"],
    [kinds.integer(0, 9), 10, "sync.out-of-range"],
    [kinds.integer(0, 9), 1.5, "sync.wrong-type"],
    [kinds.integer(0, 9), true, "sync.wrong-type"],
    [kinds.integer(0, 9), "1", "sync.wrong-type"],
    [kinds.boolean, 0, "sync.wrong-type"],
    [kinds.instant, 946_684_799_999, "sync.bad-instant"],
    [kinds.day, "2023-02-29", "sync.bad-day"],
    [kinds.day, "2023-2-9", "sync.bad-day"],
    [kinds.json, {}, "sync.wrong-type"],
  ])("%j refuses %j", (kind, value, code) => {
    expect(codeOf(kind, value)).toBe(code);
  });

  it("cleans what nobody can see, and joins what is taken apart", () => {
    expect(checkValue(kinds.text(20), "\u202a+86 138\u202c\ufeff")).toBe("+86 138");
    expect(checkValue(kinds.text(20, true), "a\r\nb\rc\u2028d")).toBe("a\nb\nc\nd");
    expect(checkValue(kinds.text(1), "e\u0301")).toBe("é");
  });
});

describe("ids", () => {
  it("are canonical, version 7, and rise within a millisecond", () => {
    const next = mint();
    const made = Array.from({ length: 2000 }, (_, place) => next(1_760_000_000_000 + Math.floor(place / 500)));
    expect(made.every(isId)).toBe(true);
    expect([...new Set(made)].sort()).toEqual(made);
    expect(made[0]?.slice(0, 15)).toBe("0199c82c-c000-7");
  });
});
