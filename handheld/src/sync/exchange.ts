/** The device on its line: requests come out of the store, answers go in. Each step is a transaction, so it can die anywhere. */
import { nextBatch, toWire } from "../queue/entries";
import { renumber } from "../queue/pushing";
import type { Storage } from "../store/ports";
import { loadState, pendingOf, pullCursor } from "../store/state";
import { PROTOCOL, SCHEMA } from "../wire/collections";
import type { Cursor } from "../wire/cursors";
import { takeAnswer, type Answer, type Asked, type Exchanged } from "./answers";

export const MAX_PUSH_BYTES = 1_000_000;
export const MAX_PAGE_BYTES = 1_048_576;

/** An exchange on its way. What it asked with is kept beside it, to judge the answer by. */
export interface Request extends Asked {
  readonly body: Readonly<Record<string, unknown>>;
  readonly cursor: Cursor | null;
}

export interface ExchangerOptions {
  /** Operations per push. */
  readonly batch?: number;
  /** Wanted size of a pull answer. */
  readonly maxBytes?: number;
  readonly schema?: number;
}

/** One person's device: its storage and what it has learnt of its line. */
export class Exchanger {
  readonly #storage: Storage;
  readonly #clock: () => number;
  readonly #options: Required<ExchangerOptions>;
  // How much to push at once, and below which number. Volatile: a device that forgets it learns it again.
  #limit: number;
  #below: number | null = null;

  /** clock: the device's own, ms since 1970 UTC, right or wrong. */
  constructor(storage: Storage, clock: () => number, options: ExchangerOptions = {}) {
    this.#storage = storage;
    this.#clock = clock;
    this.#options = { batch: 100, maxBytes: MAX_PAGE_BYTES, schema: SCHEMA, ...options };
    this.#limit = this.#options.batch;
  }

  /** Uses this enrolment. A new one numbers the queue from 1; the one in use changes nothing (M3). */
  async reenrol(enrolment: string): Promise<void> {
    await this.#storage.change((writes) => renumber(writes, enrolment));
    this.#below = null;
  }

  /** The next exchange: the front of the queue, and the question for what is new. Changes nothing. */
  async prepare(): Promise<Request> {
    const state = await this.#storage.read(loadState);
    const { enrolment } = state.counters;
    if (enrolment === null) throw new Error("sign in first: there is no enrolment");
    const batch = nextBatch(pendingOf(state), { limit: this.#limit, maxBytes: MAX_PUSH_BYTES, below: this.#below });
    const cursor = pullCursor(state);
    return {
      enrolment,
      numbers: batch.map((entry) => entry.n),
      cursor,
      body: {
        protocol: PROTOCOL,
        schema: this.#options.schema,
        enrolment,
        sent_at: this.#clock(),
        ...(batch.length > 0 && { push: { operations: batch.map(toWire) } }),
        pull: { cursor, max_bytes: this.#options.maxBytes },
      },
    };
  }

  /** Takes the answer to a request. Answers may come late, twice or in any order. */
  async receive(request: Request, answer: Answer): Promise<Exchanged> {
    const taken = await takeAnswer(this.#storage, request, answer);
    if (answer.status === 200) this.#below = null;
    if (taken.smaller) {
      if (this.#limit === 1) return { ...taken.exchanged, step: "blocked" };
      this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, request.numbers.length) / 2));
    }
    if (taken.holdBack !== undefined) {
      this.#below = taken.holdBack;
      if ((await this.prepare()).numbers.length === 0) return { ...taken.exchanged, step: "enrol" };
    }
    return taken.exchanged;
  }
}
