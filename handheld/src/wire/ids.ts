/** Row ids: UUIDv7 (RFC 9562 §5.7), minted by whoever creates the row. */

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a UUID in its one canonical spelling: lower case, with dashes, version 1-8. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

export type Random = (length: number) => Uint8Array;

export const systemRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

/**
 * A mint whose ids rise as long as the clock does not fall: 74 bits of tail, counted up within one millisecond
 * (RFC 9562 §6.2, method 2). now: ms since 1970 UTC.
 */
export function mint(random: Random = systemRandom): (now: number) => string {
  let last = -1;
  let tail = 0n;
  return (now) => {
    if (now === last) {
      tail += 1n + toBigInt(random(4));
    } else {
      last = now;
      // The top bit stays clear, which leaves room to count.
      tail = toBigInt(random(10)) & ((1n << 73n) - 1n);
    }
    const bits = (BigInt(now) << 80n) | (7n << 76n) | ((tail >> 62n) << 64n) | (2n << 62n) | (tail & ((1n << 62n) - 1n));
    const hex = bits.toString(16).padStart(32, "0");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
