/* eslint-disable no-control-regex -- control characters are what this file looks for */
/** Cleaning of text: what is mended silently and what is refused (docs/protocol.md §4). */
import { WireError } from "./wire_error";

// Direction overrides, embeddings and isolates, and the byte order mark: phone numbers copied from address books come wrapped
// in them, and nobody can mend what he can not see.
const INVISIBLE = /[\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const NEWLINES = /\r\n|[\r\u2028\u2029]/gu;
const BAD_IN_NOTE = /[\x00-\x08\x0b-\x1f\x7f-\x9f]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;
const BAD_IN_LINE = /[\x00-\x1f\x7f-\x9f]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;
const ASCII = /^[\x00-\x7f]*$/;
// UAX #15 "stream-safe text". \p{M} also holds marks of combining class 0, which the server does not count; a run of 31
// that only this refuses is in no language either.
const PILED = /\p{M}{31}/u;
/** Decomposed text (Vietnamese, Hangul) shrinks to a third at most. */
const DECOMPOSED = 4;

/** The text to store: NFC, newlines as \n, invisible direction controls gone. max: code points. Throws WireError. */
export function cleanText(given: string, max: number, multiline: boolean): string {
  if (codePoints(given) > DECOMPOSED * max) throw new WireError("sync.text-too-long", { max });
  let text = given.replace(INVISIBLE, "").replace(NEWLINES, "\n");
  const bad = (multiline ? BAD_IN_NOTE : BAD_IN_LINE).exec(text);
  if (bad) throw new WireError("sync.forbidden-character", { character: named(bad[0]) });
  if (!ASCII.test(text)) {
    const normal = text.normalize("NFC");
    // As on the server: text that is normal already is taken as it is, except where something else had to be mended.
    const piled = normal === given ? null : PILED.exec(text);
    if (piled) throw new WireError("sync.forbidden-character", { character: named([...piled[0]].at(-1) ?? "") });
    text = normal;
  }
  if (codePoints(text) > max) throw new WireError("sync.text-too-long", { max });
  return text;
}

function codePoints(text: string): number {
  let count = 0;
  for (let place = 0; place < text.length; place += 1) {
    const unit = text.charCodeAt(place);
    if (unit < 0xd800 || unit > 0xdbff || !isLow(text.charCodeAt(place + 1))) count += 1;
  }
  return count;
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

function named(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
