/**
 * The printed card, `DS1:`, verified with public keys alone, so that a kiosk without a network can tell a genuine one.
 * The form, by position: server/membership/cards/printed.py; docs/rules/cards.md, K2.
 */
import { fromBase64url } from "../station/statements";
import { decode } from "./base45";

/** genuine: signed by one of these keys for this organisation. unknown: this browser has no Ed25519, so it cannot say. */
export type Verdict = "genuine" | "refused" | "unknown";

/** kid: 8 bytes as hex. key: Ed25519, 32 bytes as base64url. */
export interface CardKey {
  readonly kid: string;
  readonly key: string;
}

const LENGTH = 169;
const DAY = 86_400;
const SHAPE = [
  { at: 0, bytes: [0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48] },
  { at: 16, bytes: [0xa0, 0x58, 0x19, 0xa2, 0x06, 0x1a] },
  { at: 26, bytes: [0x07, 0x50] },
  { at: 44, bytes: [0x58, 0x40] },
];

/** organisation: its id; it is signed without being carried. */
export async function verifyPrinted(text: string, organisation: string, keys: readonly CardKey[]): Promise<Verdict> {
  if (text.length !== LENGTH || !text.startsWith("DS1:")) return "refused";
  const raw = decode(text.slice(4));
  if (!raw || raw.length !== 110 || !hasShape(raw) || !isDay(raw)) return "refused";
  const kid = hex(raw.subarray(8, 16));
  const found = keys.find((each) => each.kid === kid);
  if (!found) return "refused";
  try {
    const key = await crypto.subtle.importKey("raw", fromBase64url(found.key), "Ed25519", false, ["verify"]);
    const genuine = await crypto.subtle.verify("Ed25519", key, raw.slice(46), toBeSigned(raw, organisation));
    return genuine ? "genuine" : "refused";
  } catch {
    return "unknown";
  }
}

function hasShape(raw: Uint8Array): boolean {
  return SHAPE.every(({ at, bytes }) => bytes.every((byte, place) => raw[at + place] === byte));
}

/** Whether the day of issue is 0:00 UTC of a day that four bytes in the shortest form can say. */
function isDay(raw: Uint8Array): boolean {
  const seconds = new DataView(raw.buffer, raw.byteOffset).getUint32(22);
  return seconds % DAY === 0 && seconds >= 0x1_0000;
}

/** Sig_structure of RFC 9052 §4.4 over protected header, "DS1:" with the organisation, and payload. */
function toBeSigned(raw: Uint8Array, organisation: string): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode("\x6aSignature1\x4d");
  const aad = [...new TextEncoder().encode("DS1:"), ...fromHex(organisation.replaceAll("-", ""))];
  return new Uint8Array([0x84, ...head, ...raw.subarray(3, 16), 0x54, ...aad, 0x58, 0x19, ...raw.subarray(19, 44)]);
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (text: string): number[] => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
