/** A station on a test bench: time that stands still until it is moved, a disk that survives power cuts, the door. */
import type { Surroundings } from "../../src/kiosk/station/api";
import { ServerClock } from "../../src/kiosk/station/clock";
import type { Enrolment, Keep, Kept, Queued } from "../../src/kiosk/station/keep";
import { Station } from "../../src/kiosk/station/station";
import { mint } from "../../src/wire/ids";
import { Door, ENROLMENT_CODE } from "./door";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
/** Work that WebCrypto does on other threads, however long it takes on a busy machine. */
let working = 0;
for (const name of ["digest", "sign", "verify", "importKey", "exportKey", "generateKey"] as const) {
  const real = crypto.subtle[name].bind(crypto.subtle) as (...given: unknown[]) => Promise<unknown>;
  const counted = (...given: unknown[]): Promise<unknown> => {
    working += 1;
    return real(...given).finally(() => (working -= 1));
  };
  Object.defineProperty(crypto.subtle, name, { value: counted });
}

export const NOON = Date.UTC(2026, 10, 27, 4);

/** What is on disk. `copy` is what a power cut, or a browser that lost its newest writes, leaves. */
export class Disk {
  kept: Kept = { enrolment: null, facts: null, head: null, ahead: 0 };
  queue: readonly Queued[] = [];
  isBroken = false;

  copy(): Disk {
    return Object.assign(new Disk(), { kept: this.kept, queue: this.queue });
  }

  keep(): Keep {
    const change = (kept: Partial<Kept>, queue = this.queue): Promise<void> => {
      if (this.isBroken) return Promise.reject(new Error("disk"));
      this.kept = { ...this.kept, ...kept };
      this.queue = queue;
      return Promise.resolve();
    };
    return {
      load: () => Promise.resolve(this.kept),
      enrol: (enrolment, head, queue) => change({ enrolment, head, facts: null }, queue),
      setFacts: (facts) => change({ facts }),
      setAhead: (ahead) => change({ ahead }),
      append: (reading, after) =>
        this.kept.head?.digest === after.digest
          ? change({ head: { n: reading.n, digest: reading.digest } }, [...this.queue, reading])
          : Promise.reject(new Error("the chain ends elsewhere")),
      waiting: (most) => Promise.resolve(this.queue.slice(0, most)),
      count: () => Promise.resolve(this.queue.length),
      remove: (ns) => change({}, this.queue.filter((each) => !ns.includes(each.n))),
      rechain: (queue, head) => change({ head }, queue),
    }; // prettier-ignore
  }
}

export class Bench {
  time = NOON;
  /** The machine's clock against the true time. */
  wrong = 0;
  door = new Door(() => this.time);
  disk = new Disk();
  station: Station;
  private timers: { at: number; work: () => void }[] = [];

  constructor() {
    this.station = this.boot();
  }

  static async enrolled(): Promise<Bench> {
    const bench = new Bench();
    await bench.station.start();
    await bench.station.enrol("demo", 1, ENROLMENT_CODE);
    await bench.settle();
    return bench;
  }

  /** Switches the machine off and on, with the disk as it is or as it was. */
  async reboot(disk = this.disk): Promise<void> {
    this.disk = disk.copy();
    this.timers = [];
    this.station = this.boot();
    await this.station.start();
  }

  get enrolment(): Enrolment | null {
    return this.disk.kept.enrolment;
  }

  /** Lets everything happen that is due within these milliseconds. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      await this.settle();
      const due = this.timers.filter((each) => each.at <= until).sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((each) => each !== due);
      this.time = Math.max(this.time, due.at);
      due.work();
    }
    this.time = until;
  }

  /** Until nothing happens any more. */
  async settle(): Promise<void> {
    for (let still = 0, before = this.done; still < 4; before = this.done) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      still = this.done === before && working === 0 ? still + 1 : 0;
    }
  }

  /** Changes with everything that happens. */
  private get done(): string {
    return [this.door.requests.length, this.door.taken.size, this.disk.kept.head?.digest, this.disk.queue.length].join();
  }

  private boot(): Station {
    const door = this.door;
    const nextId = mint();
    const surroundings: Surroundings = {
      keep: this.disk.keep(),
      origin: "https://doorstep.example",
      line: (request) => door.line(request),
      clock: (ahead) => new ServerClock({ wall: () => this.time + this.wrong, steady: () => this.time }, ahead),
      mint: nextId,
      jti: () => "0123456789abcdefghijkl",
      makeKey: async () => {
        const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
        return { key: privateKey, jwk: await crypto.subtle.exportKey("jwk", publicKey) };
      },
      signer: (key) => async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes)),
      after: (ms, work) => {
        const timer = { at: this.time + ms, work };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((each) => each !== timer);
        };
      },
      appVersion: "test",
    };
    return new Station(surroundings);
  }
}
