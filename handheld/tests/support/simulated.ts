/** A whole device as the browser has it, on memory: for days with the real server. */
import { Device, type DevicePorts } from "../../src/device/handheld";
import type { DeviceState, Workspace } from "../../src/device/api";
import type { Asking, Line } from "../../src/session/ports";
import { Vault } from "../../src/session/vault";
import { Held } from "../../src/store/live";
import { webKeys } from "../../src/storage/keys";
import { fetchLine } from "../../src/storage/line";
import { MemoryStorage } from "../../src/storage/memory";
import { sleep } from "../../src/storage/tabs";
import type { Answer } from "../../src/sync/answers";
import { mint } from "../../src/wire/ids";

/** What becomes of a request: it arrives, it never does, or its answer is lost. */
export type Fate = "ok" | "lost" | "unheard";

export class Simulated {
  readonly stores: Map<string, MemoryStorage>;
  readonly online = new Held(true);
  readonly requests: Asking[] = [];
  clockError = 0;
  plan: (asking: Asking) => Fate = () => "ok";
  device: Device;
  readonly #origin: string;
  readonly #locks: Map<string, Promise<unknown>>;
  readonly #channels: Set<() => void>;
  #end: () => void = () => undefined;

  /** tab: another tab of the same device, with which this one shares all that a browser shares. */
  constructor(origin: string, tab: Simulated | null = null) {
    this.#origin = origin;
    this.stores = tab?.stores ?? new Map<string, MemoryStorage>();
    this.#locks = tab ? tab.#locks : new Map<string, Promise<unknown>>();
    this.#channels = tab ? tab.#channels : new Set<() => void>();
    this.device = this.start();
  }

  /** As after a power cut: nothing is left but what is stored. */
  start(): Device {
    this.#end();
    // The loop lets go of its lock when it ends; what else was under way is cut off and holds nothing any more.
    for (const name of [...this.#locks.keys()]) if (!name.startsWith("sync:")) this.#locks.delete(name);
    this.device = new Device(this.#ports());
    this.#end = this.device.start();
    return this.device;
  }

  stop(): void {
    this.#end();
  }

  setOnline(isOnline: boolean): void {
    this.online.set(isOnline);
    this.device.nudge();
  }

  async until<K extends DeviceState["kind"]>(kind: K): Promise<Extract<DeviceState, { kind: K }>> {
    await eventually(() => this.device.state.get().kind === kind, `state ${kind}, not ${this.device.state.get().kind}`);
    return this.device.state.get() as Extract<DeviceState, { kind: K }>;
  }

  async signedIn(username: string): Promise<Workspace> {
    const done = await this.device.signIn({ organisation: "demo", username, password: "doorstep-demo" });
    if (!done.done) throw new Error(`not signed in: ${done.code} ${done.detail ?? ""}`);
    return (await this.until("open")).workspace;
  }

  #ports(): DevicePorts {
    const open = (name: string): MemoryStorage => {
      const store = this.stores.get(name) ?? new MemoryStorage();
      this.stores.set(name, store);
      return store;
    };
    return {
      vault: new Vault(open("device")),
      line: this.#line(),
      keys: webKeys,
      clock: () => Date.now() + this.clockError,
      mint: mint(),
      platform: { name: "Simulated", platform: "test", appVersion: "0" },
      openStore: (name) => Promise.resolve(open(name)),
      deleteStore: (name) => {
        this.stores.delete(name);
        return Promise.resolve();
      },
      lock: (name, work, signal) => {
        const inTurn = () => (signal?.aborted ? Promise.reject(new Error("no longer wanted")) : work());
        const done = (this.#locks.get(name) ?? Promise.resolve()).then(inTurn, inTurn);
        this.#locks.set(name, done.catch(() => undefined));
        return done;
      },
      channel: (_, heard) => {
        this.#channels.add(heard);
        return {
          post: () => {
            for (const other of this.#channels) if (other !== heard) other();
          },
          close: () => this.#channels.delete(heard),
        };
      },
      sleep: (ms, signal) => sleep(Math.min(ms, 300), signal),
      chance: () => 0,
      online: this.online,
      isVisible: () => true,
    };
  }

  #line(): Line {
    const line = fetchLine(this.#origin, () => "en");
    return {
      origin: this.#origin,
      send: async (asking: Asking): Promise<Answer | null> => {
        this.requests.push(asking);
        const fate = this.online.get() ? this.plan(asking) : "lost";
        if (fate === "lost") return null;
        const answer = await line.send(asking);
        return fate === "unheard" ? null : answer;
      },
    };
  }
}

export async function eventually(holds: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const until = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
