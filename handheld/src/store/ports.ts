/** Where a device keeps one person's things. IndexedDB in the app, memory in tests; the core knows only this. */

/**
 * meta: counters, checkpoint, staging. queue: entries by serial. staged: answers kept aside. mend: refused entries by serial.
 * rows: RowRecord by "collection/id". drafts: by form. files: by sha256.
 */
export type Table = "meta" | "queue" | "staged" | "mend" | "rows" | "drafts" | "files";

/** value: what structured clone takes; undefined forgets the key. */
export interface Change {
  readonly table: Table;
  readonly key: string;
  readonly value: unknown;
}

/** Values handed over or got back are never changed by the device. Keys sort as text. */
export interface Reads {
  get(table: Table, key: string): Promise<unknown>;
  /** In the order of the keys. */
  getMany(table: Table, keys: readonly string[]): Promise<unknown[]>;
  /** [key, value] in order of key, of all keys or of those that begin so. */
  scan(table: Table, prefix?: string): Promise<[string, unknown][]>;
  count(table: Table, prefix?: string): Promise<number>;
  /** Rows of a collection whose shown field lies from `from` to `to`, both included, in order of the field, then key. */
  find(collection: string, field: string, from: string, to: string): Promise<[string, unknown][]>;
}

export interface Writes extends Reads {
  /** Part of the transaction: seen by its reads from now on. */
  put(changes: readonly Change[]): Promise<void>;
}

export interface Storage {
  /** One consistent look. */
  read<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
  /**
   * A transaction: all that is put is kept, or none of it. One at a time over all tabs; when it resolves, it outlives a
   * power cut. Inside, only the storage is waited for.
   */
  change<T>(work: (writes: Writes) => Promise<T>): Promise<T>;
  /** Calls back after each change that `work` could see, in whichever tab, and once at the start. Returns what ends it. */
  watch<T>(work: (reads: Reads) => Promise<T>, seen: (result: T) => void, failed: (error: unknown) => void): () => void;
}
