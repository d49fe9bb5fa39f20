/** The device's key: P-256, made so that nothing can read it out again, not this app either. */
import type { KeyRing, PublicJwk } from "../session/ports";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

export const webKeys: KeyRing = {
  async mint() {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    if (x === undefined || y === undefined) throw new Error("a P-256 key without a point");
    const jwk: PublicJwk = { kty: "EC", crv: "P-256", x, y };
    return { handle: pair.privateKey, jwk };
  },

  async sign(handle, bytes) {
    return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, handle as CryptoKey, bytes));
  },
};
