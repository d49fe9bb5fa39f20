/** What a kiosk keeps on disk: its key, what the server told it, and readings that have no answer yet. Nobody's name or phone. */
import type { CardKey } from "../cards/printed";
import type { Head } from "./statements";

/** Who this kiosk is. key: the private half cannot be taken out of the browser. */
export interface Enrolment {
  readonly organisation: string;
  readonly kiosk: string;
  readonly enrolment: string;
  readonly key: CryptoKey;
  readonly jwk: JsonWebKey;
}

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** As GET /kiosk/v1/station answers. */
export interface StationFacts {
  readonly organisation: string;
  readonly organisation_name: string;
  readonly number: number;
  readonly name: string;
  readonly sales_centre: string;
  readonly locale: "zh" | "en";
  readonly timezone: string;
  readonly card_keys: readonly CardKey[];
  readonly texts: Readonly<Record<string, Bilingual>>;
  readonly consent: Bilingual & { readonly version: string };
  readonly queue_most: number;
  readonly queue_hours: number;
  readonly head: Head;
  readonly server_time: number;
}

/** A signed reading that waits for its answer. */
export interface Queued {
  readonly n: number;
  readonly id: string;
  readonly signed: string;
  readonly digest: string;
}

export interface Kept {
  readonly enrolment: Enrolment | null;
  readonly facts: StationFacts | null;
  readonly head: Head | null;
  /** Milliseconds that the server's clock is ahead of this machine's. */
  readonly ahead: number;
}

/** Each call is one transaction that is on disk when it resolves. */
export interface Keep {
  load(): Promise<Kept>;
  /** Becomes this kiosk: another key, chain and queue take the place of what was there. */
  enrol(enrolment: Enrolment, head: Head, queue: readonly Queued[]): Promise<void>;
  setFacts(facts: StationFacts): Promise<void>;
  setAhead(ahead: number): Promise<void>;
  /** Adds a reading; the chain ends with it. Rejects when the chain does not end at `after`. */
  append(reading: Queued, after: Head): Promise<void>;
  /** The oldest that wait. */
  waiting(most: number): Promise<readonly Queued[]>;
  count(): Promise<number>;
  remove(ns: readonly number[]): Promise<void>;
  /** These in place of what waited; the chain ends at `head`. */
  rechain(queue: readonly Queued[], head: Head): Promise<void>;
}
