/** What a text that was read looks like, before anything of it is proved. Rules: docs/rules/cards.md. */
import { decode } from "./base45";

export type CardKind = "printed" | "phone" | "chip";

const LENGTH = { "DS1:": 169, "DS2:": 49 };
const CHIP = /^https:\/\/[^\s?#]+\?picc_data=[0-9A-F]{32}&cmac=[0-9A-F]{16}$/;
/** "DS2:" and the 16 bytes of a phone code that say whose it is; the rest is another every half minute. */
const WHOSE = 4 + 24;
export const TEXT_MOST = 500;

/** Which kind of ours it could be; null for what is none of ours: it is not kept and not sent, it may be anybody's secret. */
export function kindOf(text: string): CardKind | null {
  if (text.startsWith("DS1:")) return fits(text, LENGTH["DS1:"]) ? "printed" : null;
  if (text.startsWith("DS2:")) return fits(text, LENGTH["DS2:"]) ? "phone" : null;
  return text.length <= TEXT_MOST && CHIP.test(text) ? "chip" : null;
}

/** The same for two texts when it is one card that is held there still. */
export function heldCard(text: string): string {
  return text.startsWith("DS2:") ? text.slice(0, WHOSE) : text;
}

function fits(text: string, length: number): boolean {
  return text.length === length && decode(text.slice(4)) !== null;
}
