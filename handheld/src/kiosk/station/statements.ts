/** A reading as it goes over the wire: a compact JWS of the kiosk's key, each naming the one before it. docs/kiosk.md. Pure. */

export type Source = "camera" | "wedge" | "nfc";

/** read_at: milliseconds since 1970 UTC, as near to the server's clock as is known. nonce: null when offline. */
export interface Reading {
  readonly id: string;
  readonly enrolment: string;
  readonly n: number;
  readonly previous: string;
  readonly read_at: number;
  readonly source: Source;
  readonly text: string;
  readonly nonce: string | null;
}

/** A place in the chain: the number of a reading and what the next one names. */
export interface Head {
  readonly n: number;
  readonly digest: string;
}

/** Signs bytes with the kiosk's key (ES256: r and s, 64 bytes). */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

const READING = { alg: "ES256", typ: "kiosk-reading+jws" };

/** What the first reading of an enrolment names as the one before it. */
export async function genesis(enrolment: string): Promise<Head> {
  return { n: 0, digest: await digest(`doorstep-kiosk:${enrolment}`) };
}

/** The signed text of a reading, and what the next one names: the digest of what was signed, without the signature. */
export async function signReading(reading: Reading, sign: Sign): Promise<{ readonly signed: string; readonly head: Head }> {
  const { id, enrolment, n, previous, read_at, source, text, nonce } = reading;
  const input = signingInput(READING, { id, enrolment, n, previous, read_at, source, text, nonce });
  return { signed: await signInput(input, sign), head: { n, digest: await digest(input) } };
}

/** What a signed text says; it is one of ours, nothing is verified. */
export function said(signed: string): Reading {
  return JSON.parse(new TextDecoder().decode(fromBase64url(signed.split(".")[1] ?? ""))) as Reading;
}

/** The proof of the key for one request (RFC 9449). key: the public JWK. at: milliseconds since 1970 UTC. */
export async function signProof(
  request: { readonly method: string; readonly url: string; readonly at: number; readonly jti: string },
  key: JsonWebKey,
  sign: Sign,
): Promise<string> {
  const header = { alg: "ES256", typ: "dpop+jwt", jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y } };
  const claims = { jti: request.jti, htm: request.method, htu: request.url, iat: Math.floor(request.at / 1000) };
  return signInput(signingInput(header, claims), sign);
}

async function signInput(input: string, sign: Sign): Promise<string> {
  return `${input}.${base64url(await sign(new TextEncoder().encode(input)))}`;
}

function signingInput(header: object, payload: object): string {
  return [header, payload].map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
}

async function digest(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

export function base64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
