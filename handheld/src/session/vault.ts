/** What the device keeps beside the stores of its people: its key, who is known here, and their tokens. Never in localStorage. */
import type { Change, Reads, Storage } from "../store/ports";
import { isObject } from "../wire/reading";
import type { KeyHandle, PublicJwk } from "./ports";

/** installation: minted with the key. skew: server's time minus this clock, in ms. */
export interface DeviceRecord {
  readonly installation: string;
  readonly key: { readonly handle: KeyHandle; readonly jwk: PublicJwk };
  readonly skew: number;
}

/** refresh is kept after signing out too: it opens the doors of a revoked device. access: null when it is of no use. */
export interface Tokens {
  readonly access: string | null;
  readonly until: number;
  readonly refresh: string;
}

export interface PersonDetails {
  readonly organisation: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly timezone: string;
    readonly currency: string;
    readonly locale: string;
  };
  readonly user: { readonly id: string; readonly name: string; readonly locale: string; readonly unit_id: string };
  readonly username: string;
}

/**
 * One person on this device. store: name of their storage. incarnation: that the enrolment in use was given for; isStale: the
 * next sign-in takes a new one (M25, M26). signedIn: whether they may work here. signedInAt: the last time, for the order.
 */
export interface PersonRecord extends PersonDetails {
  readonly store: string;
  readonly incarnation: number;
  readonly isStale: boolean;
  readonly tokens: Tokens | null;
  readonly signedIn: boolean;
  readonly signedInAt: number;
}

/** The device is shut out. handedIn: its queue is. emptied: it has dropped everything and owes only the last word. queued: of that person. */
export interface Revocation {
  readonly store: string;
  readonly wipe: boolean;
  readonly handedIn: boolean;
  readonly emptied: boolean;
  readonly queued: number;
}

const PERSON = "person/";

export class Vault {
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  async device(): Promise<DeviceRecord | null> {
    return ((await this.#get("device")) as DeviceRecord | undefined) ?? null;
  }

  async people(): Promise<PersonRecord[]> {
    return this.storage.read(readPeople);
  }

  async person(store: string): Promise<PersonRecord | null> {
    return ((await this.#get(PERSON + store)) as PersonRecord | undefined) ?? null;
  }

  async revocation(): Promise<Revocation | null> {
    return ((await this.#get("revocation")) as Revocation | undefined) ?? null;
  }

  async preference(name: string): Promise<string | null> {
    return ((await this.#get(`preference/${name}`)) as string | undefined) ?? null;
  }

  setPreference(name: string, value: string): Promise<void> {
    return this.#put([{ table: "meta", key: `preference/${name}`, value }]);
  }

  setDevice(device: DeviceRecord): Promise<void> {
    return this.#put([{ table: "meta", key: "device", value: device }]);
  }

  /** null: the device is let in again. */
  setRevocation(revocation: Revocation | null): Promise<void> {
    return this.#put([{ table: "meta", key: "revocation", value: revocation ?? undefined }]);
  }

  /** The person is the one who works here now. */
  signedIn(person: PersonRecord): Promise<void> {
    return this.#put([
      { table: "meta", key: PERSON + person.store, value: person },
      { table: "meta", key: "current", value: person.store },
    ]);
  }

  signedOut(person: PersonRecord): Promise<void> {
    const tokens = person.tokens && { ...person.tokens, access: null };
    return this.#put([
      { table: "meta", key: PERSON + person.store, value: { ...person, tokens, signedIn: false } },
      { table: "meta", key: "current", value: undefined },
    ]);
  }

  /** Changes the record as it is now, not as the caller last saw it. */
  changePerson(store: string, change: (person: PersonRecord) => PersonRecord): Promise<void> {
    return this.storage.change(async (writes) => {
      const person = (await writes.get("meta", PERSON + store)) as PersonRecord | undefined;
      if (person) await writes.put([{ table: "meta", key: PERSON + store, value: change(person) }]);
    });
  }

  async keepSkew(skew: number): Promise<void> {
    const device = await this.device();
    if (device && device.skew !== skew) await this.setDevice({ ...device, skew });
  }

  /** As if the app had never been here, but for preferences. */
  empty(): Promise<void> {
    return this.storage.change(async (writes) => {
      const kept = await writes.scan("meta");
      const gone = kept.filter(([key]) => !key.startsWith("preference/"));
      await writes.put(gone.map(([key]) => ({ table: "meta", key, value: undefined })));
    });
  }

  #get(key: string): Promise<unknown> {
    return this.storage.read((reads) => reads.get("meta", key));
  }

  #put(changes: readonly Change[]): Promise<void> {
    return this.storage.change((writes) => writes.put(changes));
  }
}

/** All people known here, the latest first. */
export async function readPeople(reads: Reads): Promise<PersonRecord[]> {
  const kept = await reads.scan("meta", PERSON);
  return kept.map(([, person]) => person as PersonRecord).sort((one, other) => other.signedInAt - one.signedInAt);
}

/** Who works here now, null when nobody is signed in. */
export async function readCurrent(reads: Reads): Promise<PersonRecord | null> {
  const store = await reads.get("meta", "current");
  if (typeof store !== "string") return null;
  return ((await reads.get("meta", PERSON + store)) as PersonRecord | undefined) ?? null;
}

export async function readRevocation(reads: Reads): Promise<Revocation | null> {
  const kept = await reads.get("meta", "revocation");
  return isObject(kept) ? (kept as unknown as Revocation) : null;
}
