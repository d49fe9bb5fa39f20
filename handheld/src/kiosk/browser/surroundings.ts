/** What the station stands in: this browser's key store, clocks, network and timers. */
import { mint } from "../../wire/ids";
import type { Surroundings } from "../station/api";
import { ServerClock } from "../station/clock";
import { lineTo } from "../station/line";
import { base64url } from "../station/statements";
import { keepOnDisk } from "./keep";

const P256 = { name: "ECDSA", namedCurve: "P-256" };

export function surroundings(): Surroundings {
  return {
    keep: keepOnDisk(),
    origin: location.origin,
    line: lineTo(location.origin, (input, init) => fetch(input, init)),
    clock: (ahead) => new ServerClock({ wall: () => Date.now(), steady: () => performance.now() }, ahead),
    mint: mint(),
    jti: () => base64url(crypto.getRandomValues(new Uint8Array(16))),
    makeKey: async () => {
      const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
      return { key: privateKey, jwk: await crypto.subtle.exportKey("jwk", publicKey) };
    },
    signer: (key) => async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes)),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    appVersion: "1.0",
  };
}
