/** A device for tests: the core on a storage, as the app puts it together, without a screen. */
import { Edits, queue } from "../../src/queue/editing";
import type { Storage } from "../../src/store/ports";
import { onShow, type Entry, type Mend, type RowRecord } from "../../src/store/records";
import { loadState } from "../../src/store/state";
import type { Answer, Exchanged } from "../../src/sync/answers";
import { exchanged } from "../../src/sync/answers";
import { Exchanger, type ExchangerOptions, type Request } from "../../src/sync/exchange";
import { mint } from "../../src/wire/ids";
import type { Shapes } from "../../src/wire/kinds";

export type Send = (body: unknown) => Promise<Answer | null>;
export interface ShownRow {
  readonly id: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

export class TestDevice {
  readonly storage: Storage;
  readonly exchanger: Exchanger;
  readonly #clock: () => number;
  readonly #send: Send;
  readonly #shapes: Shapes | null;
  readonly #mint = mint();

  constructor(storage: Storage, clock: () => number, send: Send, options: ExchangerOptions & { shapes?: Shapes } = {}) {
    const { shapes, ...rest } = options;
    this.storage = storage;
    this.#clock = clock;
    this.#send = send;
    this.#shapes = shapes ?? null;
    this.exchanger = new Exchanger(storage, clock, rest);
  }

  async act<T>(build: (edits: Edits) => T): Promise<T> {
    const edits = new Edits(this.#shapes, this.#clock, this.#mint);
    const result = build(edits);
    await this.storage.change((writes) => queue(writes, edits.made));
    return result;
  }

  async exchangeOnce(): Promise<Exchanged> {
    const request = await this.exchanger.prepare();
    const answer = await this.#send(request.body);
    return answer ? this.exchanger.receive(request, answer) : exchanged("later");
  }

  async sync(rounds = 1000): Promise<Exchanged> {
    let last = exchanged("more");
    for (let round = 0; round < rounds && last.step === "more"; round += 1) last = await this.exchangeOnce();
    return last;
  }

  receive(request: Request, answer: Answer): Promise<Exchanged> {
    return this.exchanger.receive(request, answer);
  }

  async rows(collection: string): Promise<ShownRow[]> {
    return this.#rows(collection, (record) => onShow(record));
  }

  async adopted(collection: string): Promise<ShownRow[]> {
    return this.#rows(collection, (record) => record.adopted);
  }

  async queue(): Promise<{ pending: Entry[]; settled: Entry[] }> {
    const entries = [...(await this.storage.read(loadState)).entries.values()];
    return { pending: entries.filter((each) => each.verdict === null), settled: entries.filter((each) => each.verdict !== null) };
  }

  async mend(): Promise<Mend[]> {
    return (await this.storage.read((reads) => reads.scan("mend"))).map(([, each]) => each as Mend);
  }

  async #rows(
    collection: string,
    look: (record: RowRecord) => { version: number; values: Readonly<Record<string, unknown>> } | null,
  ): Promise<ShownRow[]> {
    const found = await this.storage.read((reads) => reads.scan("rows", `${collection}/`));
    return found.flatMap(([key, record]) => {
      const row = look(record as RowRecord);
      return row ? [{ id: key.slice(collection.length + 1), version: row.version, ...row.values }] : [];
    });
  }
}
