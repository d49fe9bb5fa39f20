import { describe, expect, it } from "vitest";
import { genesis, said, signProof, signReading, type Reading } from "../../src/kiosk/station/statements";
import { recorded } from "./cases";

interface Chain {
  readonly key: JsonWebKey;
  readonly enrolment: string;
  readonly genesis: string;
  readonly readings: readonly { readonly payload: Reading; readonly signing_input: string; readonly digest: string; readonly signed: string }[];
}
interface Proof {
  readonly key: JsonWebKey;
  readonly method: string;
  readonly url: string;
  readonly at: number;
  readonly header: object;
  readonly claims: { readonly jti: string };
}

const CHAIN = recorded<Chain>("01-chain-of-readings");
const PROOF = recorded<Proof>("02-proof-of-the-key");
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

async function keyOf(jwk: JsonWebKey) {
  const { d: _, ...open } = jwk;
  const key = await crypto.subtle.importKey("jwk", jwk, ES256, false, ["sign"]);
  const shown = await crypto.subtle.importKey("jwk", open, ES256, false, ["verify"]);
  return {
    sign: async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.sign(ES256, key, bytes)),
    holds: (jws: string) => {
      const [head = "", payload = "", signature = ""] = jws.split(".");
      return crypto.subtle.verify(ES256, shown, Buffer.from(signature, "base64url"), Buffer.from(`${head}.${payload}`));
    },
  };
}

const parts = (jws: string): unknown[] =>
  jws.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown); // prettier-ignore

describe("the recorded chain", () => {
  it("begins where the server begins it", async () => {
    expect(await genesis(CHAIN.enrolment)).toEqual({ n: 0, digest: CHAIN.genesis });
  });

  it.each(CHAIN.readings.map((each) => [each.payload.n, each] as const))("has reading %d as recorded", async (_, each) => {
    const { sign, holds } = await keyOf(CHAIN.key);
    const { signed, head } = await signReading(each.payload, sign);
    expect(signed.slice(0, signed.lastIndexOf("."))).toBe(each.signing_input);
    expect(head).toEqual({ n: each.payload.n, digest: each.digest });
    expect(await holds(signed)).toBe(true);
    expect(await holds(each.signed)).toBe(true);
    expect(said(signed)).toEqual(each.payload);
  });

  it("is one chain", () => {
    const names = [CHAIN.genesis, ...CHAIN.readings.map((each) => each.digest)];
    expect(CHAIN.readings.map((each) => each.payload.previous)).toEqual(names.slice(0, -1));
  });
});

it("proves the key as recorded", async () => {
  const { sign, holds } = await keyOf(PROOF.key);
  const { method, url, at } = PROOF;
  const proof = await signProof({ method, url, at, jti: PROOF.claims.jti }, PROOF.key, sign);
  expect(parts(proof)).toEqual([PROOF.header, PROOF.claims]);
  expect(await holds(proof)).toBe(true);
});
