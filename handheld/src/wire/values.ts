/** Checks one value as the server will (docs/protocol.md §4, M5), so that the person hears of it at once. */
import { isId } from "./ids";
import { cleanText } from "./text";
import { WireError } from "./wire_error";
import type { Kind } from "./kinds";

export const FIRST_INSTANT = 946_684_800_000;
export const LAST_INSTANT = 4_102_444_799_999;
export const FIRST_DAY = "1900-01-01";
export const LAST_DAY = "2100-12-31";

/** The value to send, which may be cleaned text. Throws WireError. */
export function checkValue(kind: Kind, value: unknown): unknown {
  const refused = refusalOf(kind, value);
  if (refused === null) return kind.type === "text" ? cleanText(value as string, kind.max, kind.multiline) : value;
  if (value !== null) throw refused;
  if (!kind.null) throw new WireError("sync.not-null");
  return null;
}

/** Why the value is not of its kind, null when it is; what a text holds is looked at in cleanText. */
function refusalOf(kind: Kind, value: unknown): WireError | null {
  switch (kind.type) {
    case "id":
      return isId(value) ? null : new WireError("sync.bad-id");
    case "text":
      return typeof value === "string" ? null : new WireError("sync.wrong-type", { expected: "text" });
    case "boolean":
      return typeof value === "boolean" ? null : new WireError("sync.wrong-type", { expected: "boolean" });
    case "code":
      return typeof value === "string" && kind.choices.includes(value)
        ? null
        : new WireError("sync.unknown-choice", { choices: [...kind.choices].sort() });
    case "integer":
      if (!isWhole(value)) return new WireError("sync.wrong-type", { expected: "integer" });
      return value >= kind.min && value <= kind.max
        ? null
        : new WireError("sync.out-of-range", { min: kind.min, max: kind.max });
    case "instant":
      return isWhole(value) && value >= FIRST_INSTANT && value <= LAST_INSTANT
        ? null
        : new WireError("sync.bad-instant", { min: FIRST_INSTANT, max: LAST_INSTANT });
    case "day":
      return isDay(value) ? null : new WireError("sync.bad-day", { min: FIRST_DAY, max: LAST_DAY });
    case "json":
      return new WireError("sync.wrong-type", { expected: "nothing" });
  }
}

function isWhole(value: unknown): value is number {
  // -0 would be written as 0; it is no other number to a person.
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** YYYY-MM-DD, a day that exists, 1900-2100. */
export function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const read = new Date(`${value}T00:00:00Z`);
  return (
    !Number.isNaN(read.getTime()) &&
    read.toISOString().slice(0, 10) === value &&
    value >= FIRST_DAY &&
    value <= LAST_DAY
  );
}
