/** The device: who works on it, their workspace and its loop, and what happens when it is shut out. */
import { Session } from "../session/session";
import { leave } from "../session/revoked";
import { signIn, type Enrolling } from "../session/signing_in";
import type { Lock } from "../session/ports";
import { readCurrent, readPeople, readRevocation, type PersonRecord, type Revocation, type Vault } from "../session/vault";
import { Held, type Live } from "../store/live";
import { Exchanger } from "../sync/exchange";
import { SyncLoop, type LoopPorts } from "../sync/loop";
import { backoff } from "../sync/pauses";
import { readBacklog } from "../sync/status";
import { upload } from "../sync/uploading";
import type { Credentials, DeviceState, Handheld, KnownPerson, Preferences, SignIn } from "./api";
import { makeWorkspace } from "./workspace";

export interface Channel {
  post(): void;
  close(): void;
}

export interface DevicePorts extends Enrolling {
  readonly lock: Lock;
  readonly deleteStore: (name: string) => Promise<void>;
  readonly channel: (store: string, heard: () => void) => Channel;
  readonly sleep: LoopPorts["sleep"];
  readonly chance: () => number;
  readonly online: Live<boolean>;
  readonly isVisible: () => boolean;
}

interface Open {
  readonly store: string;
  readonly loop: SyncLoop;
  readonly close: () => void;
}

export class Device implements Handheld {
  readonly state = new Held<DeviceState>({ kind: "starting" });
  readonly preferences: Preferences;
  readonly #ports: DevicePorts;
  readonly #vault: Vault;
  #open: Open | null = null;
  #leaving = false;
  #seen = 0;

  constructor(ports: DevicePorts) {
    this.#ports = ports;
    this.#vault = ports.vault;
    this.preferences = {
      get: (name) => this.#vault.preference(name),
      set: (name, value) => this.#vault.setPreference(name, value),
    };
  }

  /** Follows what this device knows of its people, in whichever tab it changes. Returns what ends it. */
  start(): () => void {
    const end = this.#vault.storage.watch(
      async (reads) => ({
        current: await readCurrent(reads),
        people: await readPeople(reads),
        revocation: await readRevocation(reads),
      }),
      (known) => void this.#show(known.current, known.people, known.revocation),
      () => undefined,
    );
    return () => {
      end();
      this.#close();
    };
  }

  /** Something came back, the line, the screen, or a push came: sync now. */
  nudge(): void {
    this.#open?.loop.nudge();
  }

  async signIn(given: Credentials): Promise<SignIn> {
    const done = await signIn(this.#ports, given);
    if (done.done) this.nudge();
    return done;
  }

  async signOut(): Promise<void> {
    const store = this.#open?.store;
    if (store !== undefined) await new Session(this.#ports, store, this.#ports.lock).signOut();
  }

  async beginAnew(): Promise<void> {
    const revocation = await this.#vault.revocation();
    if (!revocation?.handedIn) throw new Error("nothing is deleted before it is handed in");
    for (const { store } of await this.#vault.people()) await this.#ports.deleteStore(store);
    await this.#vault.empty();
  }

  async #show(current: PersonRecord | null, people: readonly PersonRecord[], revocation: Revocation | null): Promise<void> {
    const turn = (this.#seen += 1);
    if (revocation) {
      this.#close();
      const person = people.find((each) => each.store === revocation.store) ?? null;
      this.state.set({ kind: "revoked", person, wipe: revocation.wipe, handedIn: revocation.handedIn });
      if (revocation.wipe || !revocation.handedIn) void this.#leave(revocation.store);
      return;
    }
    if (current) {
      if (this.#open?.store !== current.store) await this.#enter(current, () => turn === this.#seen);
      return;
    }
    this.#close();
    const known: KnownPerson[] = [];
    for (const person of people) {
      const storage = await this.#ports.openStore(person.store);
      known.push({ ...person, unsent: (await storage.read(readBacklog)).unsent });
    }
    if (turn === this.#seen) this.state.set({ kind: "signed-out", people: known });
  }

  async #enter(person: PersonRecord, isWanted: () => boolean): Promise<void> {
    this.#close();
    const { ports, store } = { ports: this.#ports, store: person.store };
    const storage = await ports.openStore(store);
    if (!isWanted()) return;
    const session = new Session(ports, store, ports.lock);
    const loop = new SyncLoop({
      ...ports,
      storage,
      exchanger: new Exchanger(storage, ports.clock),
      bearer: (refused) => session.bearer(refused),
      isOnline: () => ports.online.get() ?? true,
      upload: (token, signal, isWanted) => upload({ ...ports, storage }, token, signal, isWanted),
      onStale: () => this.#vault.changePerson(store, (known) => ({ ...known, isStale: true, tokens: known.tokens && { ...known.tokens, access: null } })),
      onRevoked: (wipe) => this.#vault.setRevocation({ store, wipe, handedIn: false, emptied: false, queued: 0 }),
    });
    const channel = ports.channel(store, () => {
      loop.nudge();
    });
    const waiting = new AbortController();
    // The first tab syncs; another takes over when it is closed.
    void ports.lock(`sync:${store}`, () => loop.run(), waiting.signal).catch(() => undefined);
    const close = (): void => {
      waiting.abort();
      loop.stop();
      channel.close();
    };
    this.#open = { store, loop, close };
    const nudge = (): void => {
      loop.nudge();
      channel.post();
    };
    this.state.set({ kind: "open", workspace: makeWorkspace({ ...ports, person, storage, session, nudge }) });
  }

  #close(): void {
    this.#open?.close();
    this.#open = null;
  }

  /** Until the device is let in again, shut out for good, or empty. One tab does it. */
  async #leave(store: string): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    const never = new AbortController().signal;
    try {
      await this.#ports.lock("leaving", async () => {
        for (let failures = 1; (await leave(this.#ports, store)) === "waiting"; failures += 1) {
          await this.#ports.sleep(backoff(failures, this.#ports.chance(), null), never);
        }
      });
    } finally {
      this.#leaving = false;
    }
  }
}
