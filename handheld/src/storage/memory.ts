/** Storage in memory, for tests: the durable part of a simulated device. To let one die, drop everything but this. */
import type { Change, Reads, Storage, Table, Writes } from "../store/ports";
import { onShow, type RowRecord } from "../store/records";

/** Called before and after each transaction that puts something becomes durable; throws to let the device die there. */
export type Fuse = (moment: "before" | "after", changes: readonly Change[]) => void;

type Tables = Map<Table, Map<string, unknown>>;

export class MemoryStorage implements Storage {
  fuse: Fuse | null;
  #tables: Tables = new Map();
  #last: Promise<unknown> = Promise.resolve();
  readonly #watchers = new Set<() => void>();

  constructor(fuse: Fuse | null = null) {
    this.fuse = fuse;
  }

  read<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return work(new Snapshot(this.#tables));
  }

  change<T>(work: (writes: Writes) => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      const snapshot = new Snapshot(copyOf(this.#tables));
      const result = await work(snapshot);
      if (snapshot.changes.length > 0) {
        this.fuse?.("before", snapshot.changes);
        this.#tables = snapshot.tables;
        for (const watcher of [...this.#watchers]) watcher();
        this.fuse?.("after", snapshot.changes);
      }
      return result;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  watch<T>(work: (reads: Reads) => Promise<T>, seen: (result: T) => void, failed: (error: unknown) => void): () => void {
    const look = (): void => void this.read(work).then(seen, failed);
    this.#watchers.add(look);
    look();
    return () => this.#watchers.delete(look);
  }

  /** A backup, which a test can later go on from as if the device had been restored. */
  snapshot(): MemoryStorage {
    const copy = new MemoryStorage(this.fuse);
    copy.#tables = copyOf(this.#tables);
    return copy;
  }
}

class Snapshot implements Writes {
  readonly tables: Tables;
  readonly changes: Change[] = [];

  constructor(tables: Tables) {
    this.tables = tables;
  }

  get(table: Table, key: string): Promise<unknown> {
    return Promise.resolve(this.tables.get(table)?.get(key));
  }

  getMany(table: Table, keys: readonly string[]): Promise<unknown[]> {
    return Promise.resolve(keys.map((key) => this.tables.get(table)?.get(key)));
  }

  scan(table: Table, prefix = ""): Promise<[string, unknown][]> {
    const rows = [...(this.tables.get(table) ?? [])].filter(([key]) => key.startsWith(prefix));
    return Promise.resolve(rows.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  async count(table: Table, prefix = ""): Promise<number> {
    return (await this.scan(table, prefix)).length;
  }

  async find(collection: string, field: string, from: string, to: string): Promise<[string, unknown][]> {
    const rows = await this.scan("rows", `${collection}/`);
    const keyed = rows.map(([key, record]) => ({ key, record, at: onShow(record as RowRecord)?.values[field] }));
    return keyed
      .filter(({ at }) => typeof at === "string" && at >= from && at <= to)
      .sort((one, other) => (String(one.at) + one.key < String(other.at) + other.key ? -1 : 1))
      .map(({ key, record }) => [key, record]);
  }

  put(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      this.changes.push(change);
      const table = this.tables.get(change.table) ?? new Map<string, unknown>();
      this.tables.set(change.table, table);
      if (change.value === undefined) table.delete(change.key);
      else table.set(change.key, structuredClone(change.value));
    }
    return Promise.resolve();
  }
}

function copyOf(tables: Tables): Tables {
  return new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
}
