/** The keys of an amount: what one more tap makes of what stands there. Pure. */

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "." | "back";

/** Digits before the point; more would be an amount the server does not take. */
const WHOLE_MOST = 8;

/** digits: how many stand behind the point in this currency. A tap that would make no amount changes nothing. */
export function press(typed: string, key: Key, digits: number): string {
  if (key === "back") return typed.slice(0, -1);
  const [whole = "", fraction] = typed.split(".");
  if (key === ".") return digits === 0 || fraction !== undefined ? typed : `${whole || "0"}.`;
  if (fraction !== undefined) return fraction.length < digits ? typed + key : typed;
  if (whole === "0") return key;
  return whole.length < WHOLE_MOST ? whole + key : typed;
}
