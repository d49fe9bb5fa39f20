/** Changes to the device's state, put in one go. The rows on show are worked out here, so they always match the queue. */
import { rowKey, type RowKey } from "../wire/pages";
import type { Members } from "../wire/reading";
import type { Decision } from "../wire/verdicts";
import { overlay } from "./overlay";
import type { Change, Writes } from "./ports";
import { serialKey, type Adopted, type Checkpoint, type Counters, type Entry, type Mend, type RowRecord, type Staging } from "./records";
import type { State } from "./state";

export class StateDraft {
  readonly #state: State;
  readonly #entries: Map<number, Entry>;
  readonly #adopted = new Map<RowKey, Adopted | null>();
  readonly #touched = new Set<RowKey>();
  readonly #changes: Change[] = [];

  constructor(state: State) {
    this.#state = state;
    this.#entries = new Map(state.entries);
  }

  number(counters: Counters): void {
    this.#put("meta", "counters", counters);
  }

  /** Adds an entry or replaces the one of its serial. */
  putEntry(entry: Entry): void {
    this.#entries.set(entry.serial, entry);
    this.#touched.add(rowKey(entry.collection, entry.row));
    this.#put("queue", serialKey(entry.serial), entry);
  }

  /** Lets go of an entry whose effect the adopted rows show, or that was refused. */
  dropEntry(entry: Entry): void {
    this.#entries.delete(entry.serial);
    this.#touched.add(rowKey(entry.collection, entry.row));
    this.#put("queue", serialKey(entry.serial), undefined);
  }

  /** Moves an entry from the queue to what has to be mended. */
  refuse(entry: Entry, verdict: "rejected" | "skipped", decision: Decision): void {
    this.dropEntry(entry);
    const mend: Mend = { entry, verdict, code: decision.code, params: decision.params, row: decision.row };
    this.#put("mend", serialKey(entry.serial), mend);
  }

  /** Takes a refused operation off the list. */
  forget(serial: number): void {
    this.#put("mend", serialKey(serial), undefined);
  }

  /** Sets a row as the server gives it, or drops it with null. */
  hold(key: RowKey, row: Adopted | null): void {
    this.#adopted.set(key, row);
    this.#touched.add(key);
  }

  /** Keeps another answer. answer: null when it changed nothing but the cursor. */
  stage(staging: Staging, answer: Members | null): void {
    if (answer !== null) this.#put("staged", String(staging.answers).padStart(8, "0"), answer);
    this.#put("meta", "staging", answer === null ? staging : { ...staging, answers: staging.answers + 1 });
  }

  /** Forgets what was staged. kept: keys of the staged answers. */
  clearStaging(kept: readonly string[]): void {
    for (const key of kept) this.#put("staged", key, undefined);
    if (this.#state.staging) this.#put("meta", "staging", undefined);
  }

  adopt(checkpoint: Checkpoint): void {
    this.#put("meta", "checkpoint", checkpoint);
  }

  drop(table: "drafts", key: string): void {
    this.#put(table, key, undefined);
  }

  /** Puts all of it. False when there was nothing to put. */
  async commit(writes: Writes): Promise<boolean> {
    await this.#show(writes);
    if (this.#changes.length === 0) return false;
    await writes.put(this.#changes);
    return true;
  }

  #put(table: Change["table"], key: string, value: unknown): void {
    this.#changes.push({ table, key, value });
  }

  /** Replays the queue on every row that this draft touches. */
  async #show(writes: Writes): Promise<void> {
    const own = new Map<RowKey, Entry[]>();
    for (const entry of this.#entries.values()) {
      const key = rowKey(entry.collection, entry.row);
      if (!this.#touched.has(key)) continue;
      const entries = own.get(key);
      if (entries) entries.push(entry);
      else own.set(key, [entry]);
    }
    const keys = [...this.#touched];
    const kept = (await writes.getMany("rows", keys)) as (RowRecord | undefined)[];
    keys.forEach((key, place) => {
      const before = kept[place];
      const adopted = this.#adopted.has(key) ? (this.#adopted.get(key) ?? null) : (before?.adopted ?? null);
      const entries = (own.get(key) ?? []).sort((one, other) => one.serial - other.serial);
      const after: RowRecord = { adopted, own: overlay(adopted, entries) };
      const isNothing = after.adopted === null && after.own === null;
      if (before || !isNothing) this.#put("rows", key, isNothing ? undefined : after);
    });
  }
}
