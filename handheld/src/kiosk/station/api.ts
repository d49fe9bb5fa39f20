/** What the screen knows of the station, and what the station is given of its surroundings. Types only. */
import type { ServerClock } from "./clock";
import type { Keep, StationFacts } from "./keep";
import type { Proving } from "./session";
import type { Sign } from "./statements";

/** welcome: the server knows the card. noted: it will be asked later; proved: the signature of a printed card held. */
export type Answer =
  | { readonly kind: "welcome"; readonly name: string; readonly tier: string | null }
  | { readonly kind: "noted"; readonly proved: boolean }
  | { readonly kind: "refused" };

/** Why nothing can be read now: taken out of service, or its key is not the kiosk's any more. It keeps asking. */
export type Closed = "out-of-service" | "replaced";

/** online: null until the first answer. waiting: readings without an answer. */
export type State =
  | { readonly kind: "starting" }
  | { readonly kind: "unenrolled" }
  | {
      readonly kind: "ready";
      readonly facts: StationFacts | null;
      readonly online: boolean | null;
      readonly waiting: number;
      readonly closed: Closed | null;
    };

export interface Visitor {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly consent: string;
}

/** code: why it was refused, as docs/problems.md has it. */
export type Registered = { readonly kind: "taken" | "away" } | { readonly kind: "refused"; readonly code: string };

export interface Surroundings extends Omit<Proving, "clock" | "told"> {
  readonly keep: Keep;
  readonly clock: (ahead: number) => ServerClock;
  readonly mint: (now: number) => string;
  readonly makeKey: () => Promise<{ readonly key: CryptoKey; readonly jwk: JsonWebKey }>;
  readonly signer: (key: CryptoKey) => Sign;
  readonly after: (ms: number, work: () => void) => () => void;
  readonly appVersion: string;
}
