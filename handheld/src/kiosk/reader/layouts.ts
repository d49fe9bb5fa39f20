/**
 * What a key's place on the keyboard writes, for the layouts that readers can be set to. A reader that types sends places, not
 * characters; which character comes of it is up to the layout or the input method that this machine happens to have.
 */

/** event.code → the character without and with Shift. */
export type Layout = ReadonlyMap<string, readonly [plain: string, shifted: string]>;

const letters = (text: string): string[] => [...text].map((letter) => `Key${letter}`);
const PLACES = [
  ["Backquote", ...[..."1234567890"].map((digit) => `Digit${digit}`), "Minus", "Equal"],
  [...letters("QWERTYUIOP"), "BracketLeft", "BracketRight"],
  [...letters("ASDFGHJKL"), "Semicolon", "Quote", "Backslash"],
  ["IntlBackslash", ...letters("ZXCVBNM"), "Comma", "Period", "Slash"],
].flat();
const NUMPAD = { Decimal: ".", Add: "+", Subtract: "-", Multiply: "*", Divide: "/" };

function layout(plain: string, shifted: string): Layout {
  const places = new Map<string, readonly [string, string]>([["Space", [" ", " "]]]);
  PLACES.forEach((code, place) => places.set(code, [plain.charAt(place), shifted.charAt(place)]));
  for (const digit of "0123456789") places.set(`Numpad${digit}`, [digit, digit]);
  for (const [name, character] of Object.entries(NUMPAD)) places.set(`Numpad${name}`, [character, character]);
  return places;
}

export const US = layout("`1234567890-=qwertyuiop[]asdfghjkl;'\\\\zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"||ZXCVBNM<>?');
export const GERMAN = layout("^1234567890ß´qwertzuiopü+asdfghjklöä#<yxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'>YXCVBNM;:_");
export const FRENCH = layout("²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*<wxcvbn,;:!", "~1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µ>WXCVBN?./§");
