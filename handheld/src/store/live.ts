/** A value that changes, and the storage query that gives it. */
import type { Reads, Storage } from "./ports";

export interface Live<T> {
  /** The newest, undefined before the first. Throws what the query threw. */
  get(): T | undefined;
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
}

/** A query that runs as long as somebody listens, and again after each change that it could see. */
export function liveOf<T>(storage: Storage, work: (reads: Reads) => Promise<T>): Live<T> {
  const listeners = new Set<() => void>();
  let newest: { readonly value: T } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let end: (() => void) | null = null;
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return {
    get() {
      if (failure) throw failure.error;
      return newest?.value;
    },
    subscribe(listener) {
      listeners.add(listener);
      end ??= storage.watch(
        work,
        (value) => {
          newest = { value };
          tell();
        },
        (error) => {
          // A store that is closed or deleted is about to be left; its last values stay until then.
          if (error instanceof Error && error.name === "DatabaseClosedError") return;
          failure = { error };
          tell();
        },
      );
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || !end) return;
        end();
        end = null;
      };
    },
  };
}

/** Two values as one, recomputed when either changes. */
export function combined<A, B, T>(one: Live<A>, other: Live<B>, join: (one: A, other: B) => T): Live<T> {
  let last: { readonly one: A; readonly other: B; readonly value: T } | undefined;
  return {
    get() {
      const [first, second] = [one.get(), other.get()];
      if (first === undefined || second === undefined) return undefined;
      if (!last || last.one !== first || last.other !== second) last = { one: first, other: second, value: join(first, second) };
      return last.value;
    },
    subscribe(listener) {
      const ends = [one.subscribe(listener), other.subscribe(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/** A value held in memory. */
export class Held<T> implements Live<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
