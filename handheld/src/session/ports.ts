/** What a session needs from outside: a line to the server, the device's key, and a lock over all tabs. */
import type { Answer } from "../sync/answers";

export interface Asking {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, instead of a body; their type stands in the headers. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Milliseconds until the line counts as broken. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** A line to the one server. send: null when no whole answer came; nobody knows then whether the request arrived. */
export interface Line {
  /** Scheme and host, as proofs name it. */
  readonly origin: string;
  send(asking: Asking): Promise<Answer | null>;
}

/** What the key ring needs to find a key again; kept with the device, opaque to the core. */
export type KeyHandle = unknown;

export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** Keys that never leave the device. */
export interface KeyRing {
  mint(): Promise<{ readonly handle: KeyHandle; readonly jwk: PublicJwk }>;
  /** ES256: the 64 bytes r, then s. */
  sign(handle: KeyHandle, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** Runs the work alone over all tabs; others wait. signal: stops waiting. */
export type Lock = <T>(name: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Where the app runs, for the list of devices. */
export interface Platform {
  readonly name: string;
  readonly platform: string;
  readonly appVersion: string;
}
