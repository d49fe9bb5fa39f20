/** The core's storage on IndexedDB. One database for each person, and one for the device itself. */
import Dexie, { liveQuery, type Table as DexieTable, type Transaction } from "dexie";
import type { Change, Reads, Storage, Table, Writes } from "../store/ports";
import { onShow, type RowRecord } from "../store/records";
import type { Shapes } from "../wire/kinds";

interface Kept {
  readonly key: string;
  readonly value: unknown;
  /** Of rows: "collection.field=value" for each indexed field on show. */
  readonly refs?: readonly string[];
}

const TABLES: readonly Table[] = ["meta", "queue", "staged", "mend", "rows", "drafts", "files"];
/** After every text that begins with the prefix. */
const END = "\uffff";

export class DexieStorage implements Storage {
  readonly #db: Dexie;
  readonly #indexed: Indexed;
  readonly #ready: Promise<void>;

  /** shapes: say which fields of a row are looked up. */
  constructor(name: string, shapes: Shapes = {}) {
    // strict: a transaction is over when it is on disk, not when it is on its way there.
    this.#db = new Dexie(`doorstep-${name}`, { chromeTransactionDurability: "strict", cache: "disabled" });
    this.#db.version(1).stores({
      ...Object.fromEntries(TABLES.map((table) => [table, "key"])),
      rows: "key, *refs",
    });
    this.#indexed = indexedFields(shapes);
    this.#ready = this.#index();
  }

  async read<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    await this.#ready;
    return this.#within("r", work);
  }

  async change<T>(work: (writes: Writes) => Promise<T>): Promise<T> {
    await this.#ready;
    return this.#within("rw", work);
  }

  watch<T>(work: (reads: Reads) => Promise<T>, seen: (result: T) => void, failed: (error: unknown) => void): () => void {
    let end = (): void => {
      wanted = false;
    };
    let wanted = true;
    void this.#ready.then(() => {
      if (!wanted) return;
      const subscription = liveQuery(async () => this.#within("r", work)).subscribe({ next: seen, error: failed });
      end = () => {
        subscription.unsubscribe();
      };
    }, failed);
    return () => {
      end();
    };
  }

  close(): void {
    this.#db.close();
  }

  static async delete(name: string): Promise<void> {
    await Dexie.delete(`doorstep-${name}`);
  }

  /** async, and by the transaction's own tables: so Dexie knows its transaction however deep the awaits in it are. */
  #within<T>(mode: "r" | "rw", work: (writes: Writes) => Promise<T>): Promise<T> {
    return this.#db.transaction(mode, [...TABLES], async (transaction) => work(new DexieTables(transaction, this.#indexed)));
  }

  /** An app with other indexed fields than the one before indexes the rows anew. */
  async #index(): Promise<void> {
    const wanted = JSON.stringify([...this.#indexed]);
    const known = (await this.#db.table<Kept, string>("meta").get("indexed"))?.value;
    if (known === wanted) return;
    await this.#db.transaction("rw", ["rows", "meta"], async (transaction) => {
      const tables = new DexieTables(transaction, this.#indexed);
      const rows = await tables.scan("rows");
      await tables.put(rows.map(([key, value]) => ({ table: "rows", key, value })));
      await tables.put([{ table: "meta", key: "indexed", value: wanted }]);
    });
  }
}

type Indexed = ReadonlyMap<string, readonly string[]>;

/** Fields that name another row, and days. */
function indexedFields(shapes: Shapes): Indexed {
  return new Map(
    Object.entries(shapes).map(([collection, { fields }]) => [
      collection,
      Object.entries(fields).flatMap(([name, kind]) => (kind.type === "id" || kind.type === "day" ? [name] : [])),
    ]),
  );
}

class DexieTables implements Writes {
  readonly #transaction: Transaction;
  readonly #indexed: Indexed;

  constructor(transaction: Transaction, indexed: Indexed) {
    this.#transaction = transaction;
    this.#indexed = indexed;
  }

  async get(table: Table, key: string): Promise<unknown> {
    return (await this.#table(table).get(key))?.value;
  }

  async getMany(table: Table, keys: readonly string[]): Promise<unknown[]> {
    // IndexedDB ends a transaction that asks nothing of it, and nothing is what an empty list would ask.
    if (keys.length === 0) return [];
    return (await this.#table(table).bulkGet([...keys])).map((kept) => kept?.value);
  }

  async scan(table: Table, prefix = ""): Promise<[string, unknown][]> {
    const found = prefix === "" ? this.#table(table).orderBy("key") : this.#table(table).where("key").between(prefix, prefix + END);
    return (await found.toArray()).map(({ key, value }) => [key, value]);
  }

  count(table: Table, prefix = ""): Promise<number> {
    const all = this.#table(table);
    return prefix === "" ? all.count() : all.where("key").between(prefix, prefix + END).count();
  }

  async find(collection: string, field: string, from: string, to: string): Promise<[string, unknown][]> {
    if (!this.#indexed.get(collection)?.includes(field)) throw new Error(`${collection}.${field} has no index`);
    const name = `${collection}.${field}=`;
    const found = await this.#table("rows").where("refs").between(name + from, name + to, true, true).toArray();
    return found.map(({ key, value }) => [key, value]);
  }

  async put(changes: readonly Change[]): Promise<void> {
    const newest = new Map<Table, Map<string, unknown>>();
    for (const { table, key, value } of changes) {
      const rows = newest.get(table) ?? new Map<string, unknown>();
      newest.set(table, rows.set(key, value));
    }
    for (const [table, rows] of newest) {
      const kept: Kept[] = [];
      const gone: string[] = [];
      for (const [key, value] of rows) {
        if (value === undefined) gone.push(key);
        else kept.push(table === "rows" ? { key, value, refs: this.#refs(key, value as RowRecord) } : { key, value });
      }
      if (kept.length > 0) await this.#table(table).bulkPut(kept);
      if (gone.length > 0) await this.#table(table).bulkDelete(gone);
    }
  }

  #table(name: Table): DexieTable<Kept, string> {
    return this.#transaction.table<Kept, string>(name);
  }

  #refs(key: string, record: RowRecord): string[] {
    const collection = key.slice(0, key.indexOf("/"));
    const values = onShow(record)?.values ?? {};
    return (this.#indexed.get(collection) ?? []).flatMap((field) => {
      const value = values[field];
      return typeof value === "string" ? [`${collection}.${field}=${value}`] : [];
    });
  }
}
