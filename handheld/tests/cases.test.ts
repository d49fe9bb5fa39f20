/** The recorded cases that every client of the protocol has to pass: tests/sync_protocol/cases, read as its README says. */
import "fake-indexeddb/auto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DexieStorage } from "../src/storage/dexie";
import { MemoryStorage } from "../src/storage/memory";
import type { Storage } from "../src/store/ports";
import type { Answer } from "../src/sync/answers";
import type { Request } from "../src/sync/exchange";
import { loadState } from "../src/store/state";
import { TestDevice } from "./support/device";

const FOLDER = fileURLToPath(new URL("../../tests/sync_protocol/cases/", import.meta.url));
const CASES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

interface SaidAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
}
interface SaidEdit {
  readonly collection: string;
  readonly action: string;
  readonly row: string;
  readonly values: Record<string, unknown>;
  readonly effect?: Record<string, unknown>;
}
interface Expected {
  readonly rows: Record<string, unknown[]>;
  readonly adopted?: Record<string, unknown[]>;
  readonly queue: number[];
  readonly settled: number[];
  readonly mend: unknown[];
  readonly cursor?: unknown;
  readonly head?: number;
}
interface Step {
  readonly edit?: SaidEdit[];
  readonly exchange?: { request: unknown; answer: SaidAnswer | null; step: string };
  readonly send?: { as: string; request: unknown };
  readonly receive?: { of: string; answer: SaidAnswer; step: string };
  readonly restart?: true;
  readonly reenrol?: string;
  readonly expect?: Expected;
}
interface Case {
  readonly about: string;
  readonly device: { enrolment: string; batch: number; max_bytes: number; clock: number };
  readonly steps: Step[];
}

class Player {
  readonly #storage: Storage;
  readonly #sent = new Map<string, Request>();
  readonly #device: Case["device"];
  #request: unknown;
  #answer: SaidAnswer | null = null;
  #phone: TestDevice;

  constructor(device: Case["device"], storage: Storage) {
    this.#device = device;
    this.#storage = storage;
    this.#phone = this.#boot();
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.#phone.exchanger.reenrol(this.#device.enrolment);
    for (const step of steps) {
      expect(Object.keys(step)).toHaveLength(1);
      if (step.edit) await this.#edit(step.edit);
      if (step.exchange) await this.#exchange(step.exchange);
      if (step.send) await this.#send(step.send);
      if (step.receive) await this.#receive(step.receive);
      if (step.restart) this.#phone = this.#boot();
      if (step.reenrol !== undefined) await this.#phone.exchanger.reenrol(step.reenrol);
      if (step.expect) await this.#expect(step.expect);
    }
  }

  #boot(): TestDevice {
    const { batch, clock, max_bytes } = this.#device;
    const send = (body: unknown): Promise<Answer | null> => {
      this.#request = body;
      return Promise.resolve(this.#answer && written(this.#answer));
    };
    return new TestDevice(this.#storage, () => clock, send, { batch, maxBytes: max_bytes });
  }

  async #edit(edits: readonly SaidEdit[]): Promise<void> {
    await this.#phone.act((group) => {
      for (const { collection, action, row, values, effect } of edits) {
        if (action === "create") group.create(collection, values, row);
        else if (action === "update") group.update(collection, row, values);
        else if (action === "delete" && effect === undefined) group.delete(collection, row);
        else group.act(collection, action, row, values, effect);
      }
    });
  }

  async #exchange(said: NonNullable<Step["exchange"]>): Promise<void> {
    this.#answer = said.answer;
    const { step } = await this.#phone.exchangeOnce();
    expect(asJson(this.#request)).toEqual(said.request);
    expect(step).toBe(said.step);
  }

  async #send(said: NonNullable<Step["send"]>): Promise<void> {
    const request = await this.#phone.exchanger.prepare();
    this.#sent.set(said.as, request);
    expect(asJson(request.body)).toEqual(said.request);
  }

  async #receive(said: NonNullable<Step["receive"]>): Promise<void> {
    const request = this.#sent.get(said.of);
    expect(request).toBeDefined();
    const { step } = await this.#phone.receive(request as Request, written(said.answer));
    expect(step).toBe(said.step);
  }

  async #expect(said: Expected): Promise<void> {
    for (const [collection, rows] of Object.entries(said.rows)) expect(await this.#phone.rows(collection)).toEqual(rows);
    for (const [collection, rows] of Object.entries(said.adopted ?? {})) {
      expect(await this.#phone.adopted(collection)).toEqual(rows);
    }
    const { pending, settled } = await this.#phone.queue();
    expect(pending.map((entry) => entry.n)).toEqual(said.queue);
    expect(settled.map((entry) => entry.n)).toEqual(said.settled);
    const mend = (await this.#phone.mend()).map(({ entry, verdict, code, params }) => ({
      n: entry.n,
      collection: entry.collection,
      row: entry.row,
      verdict,
      code,
      params,
    }));
    expect(mend).toEqual(said.mend);
    const { checkpoint } = await this.#storage.read(loadState);
    if ("cursor" in said) expect(checkpoint.cursor).toEqual(said.cursor);
    if (said.head !== undefined) expect(checkpoint.head).toBe(said.head);
  }
}

function written(answer: SaidAnswer): Answer {
  return { status: answer.status, headers: answer.headers ?? {}, body: answer.text ?? JSON.stringify(answer.body) };
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each([
  ["memory", () => new MemoryStorage()],
  ["IndexedDB", (name: string) => new DexieStorage(name)],
])("recorded cases on %s", (_, storage) => {
  it("are there", () => {
    expect(CASES.length).toBeGreaterThanOrEqual(18);
  });

  it.each(CASES)("%s", async (name) => {
    const read = JSON.parse(readFileSync(FOLDER + name, "utf8")) as Case;
    await new Player(read.device, storage(name)).play(read.steps);
  });
});
