/** The content digest of a bucket (docs/protocol.md §14): how device and server notice that they differ. */

const TOP = 1n << 128n;

export interface Digest {
  readonly rows: number;
  readonly total: bigint;
}

export const NOTHING: Digest = { rows: 0, total: 0n };

/** What one row adds to each bucket it is in: SHA-256 cut to its first 128 bits, big-endian. */
export async function term(collection: string, id: string, version: number): Promise<bigint> {
  const text = new TextEncoder().encode(`${collection}\0${id}\0${version}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", text));
  return (hash.getBigUint64(0) << 64n) | hash.getBigUint64(8);
}

export function add(digest: Digest, added: bigint): Digest {
  return { rows: digest.rows + 1, total: (digest.total + added) % TOP };
}

/** 32 lower-case hexadecimal digits. */
export function hex(digest: Digest): string {
  return digest.total.toString(16).padStart(32, "0");
}
