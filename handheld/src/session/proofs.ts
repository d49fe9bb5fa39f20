/** Proofs of the device's key (RFC 9449, ES256), one for each request (docs/protocol.md §3). */
import type { KeyRing, Line } from "./ports";
import type { DeviceRecord } from "./vault";

export interface Prover {
  readonly keys: KeyRing;
  readonly line: Pick<Line, "origin">;
  readonly clock: () => number;
  readonly mint: (now: number) => string;
}

/** refresh: the refresh token that goes with the request, if any; a proof then carries its hash. */
export async function proofOf(
  { keys, line, clock, mint }: Prover,
  device: DeviceRecord,
  method: string,
  path: string,
  refresh: string | null = null,
): Promise<string> {
  const { kty, crv, x, y } = device.key.jwk;
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const claims = {
    jti: mint(clock()),
    htm: method,
    htu: line.origin + path,
    iat: Math.floor((clock() + device.skew) / 1000),
    ...(refresh !== null && { rth: base64url(await sha256(refresh)) }),
  };
  const signed = `${base64urlText(JSON.stringify(header))}.${base64urlText(JSON.stringify(claims))}`;
  const signature = await keys.sign(device.key.handle, new TextEncoder().encode(signed));
  return `${signed}.${base64url(signature)}`;
}

export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function base64urlText(text: string): string {
  return base64url(new TextEncoder().encode(text));
}
