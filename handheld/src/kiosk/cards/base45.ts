/** Bytes as text for a QR code (RFC 9285), where there is one text for the same bytes: server/membership/cards/base45.py. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The bytes of a text, or null for a text that no bytes give. */
export function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const group = text.slice(at, at + 3);
    let number = 0;
    for (let place = group.length - 1; place >= 0; place -= 1) {
      const value = ALPHABET.indexOf(group.charAt(place));
      if (value < 0) return null;
      number = number * 45 + value;
    }
    if (number >= 256 ** (group.length - 1)) return null;
    if (group.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return new Uint8Array(bytes);
}
