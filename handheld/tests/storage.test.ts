/** One contract, two storages: IndexedDB as the app has it (on a fake one), and the memory that other tests stand on. */
import "fake-indexeddb/auto";
import { afterEach, describe, expect, it } from "vitest";
import type { Change, Storage, Table } from "../src/store/ports";
import type { RowRecord } from "../src/store/records";
import { liveOf } from "../src/store/live";
import { DexieStorage } from "../src/storage/dexie";
import { MemoryStorage } from "../src/storage/memory";
import { day, id as idKind, integer, orNull, text, type Shapes } from "../src/wire/kinds";
import { id } from "./support/model_server";
import { eventually } from "./support/simulated";

const SHAPES: Shapes = {
  visits: { policy: "machine", fields: { customer_id: idKind, plan_on: orNull(day), note: text(80), n: integer(0, 9) }, actions: {}, parents: {} },
  visits_of_old: { policy: "server", fields: { plan_on: day }, actions: {}, parents: {} },
};

let made = 0;
const opened: DexieStorage[] = [];
function dexie(name = `test-${(made += 1)}`, shapes = SHAPES): DexieStorage {
  const storage = new DexieStorage(name, shapes);
  opened.push(storage);
  return storage;
}
afterEach(() => {
  for (const storage of opened.splice(0)) storage.close();
});

const put = (storage: Storage, ...changes: Change[]) => storage.change((writes) => writes.put(changes));
const row = (key: string, values: Record<string, unknown>, own?: RowRecord["own"]): Change => ({
  table: "rows",
  key,
  value: { adopted: { version: 1, values, buckets: ["b"] }, own: own ?? null } satisfies RowRecord,
});
const keys = (storage: Storage, table: Table, prefix?: string) =>
  storage.read(async (reads) => (await reads.scan(table, prefix)).map(([key]) => key));
const found = (storage: Storage, from: string, to: string, field = "plan_on") =>
  storage.read(async (reads) => (await reads.find("visits", field, from, to)).map(([key]) => key));

describe.each([
  ["IndexedDB", () => dexie() as Storage],
  ["memory", () => new MemoryStorage() as Storage],
])("%s", (_, make) => {
  it("keeps, changes and forgets; the last change of a key counts", async () => {
    const storage = make();
    await put(storage, { table: "meta", key: "a", value: 1 }, { table: "meta", key: "a", value: { deep: [2] } });
    expect(await storage.read((reads) => reads.get("meta", "a"))).toEqual({ deep: [2] });
    await put(storage, { table: "meta", key: "a", value: undefined }, { table: "drafts", key: "a", value: "other" });
    expect(await storage.read((reads) => reads.getMany("meta", ["a", "b"]))).toEqual([undefined, undefined]);
    expect(await storage.read((reads) => reads.get("drafts", "a"))).toBe("other");
  });

  it("scans and counts in order of key, within a prefix", async () => {
    const storage = make();
    await put(storage, ...["visits/3", "visits/1", "visits_of_old/1", "customers/2"].map((key) => row(key, {})));
    expect(await keys(storage, "rows")).toEqual(["customers/2", "visits/1", "visits/3", "visits_of_old/1"]);
    expect(await keys(storage, "rows", "visits/")).toEqual(["visits/1", "visits/3"]);
    expect(await storage.read((reads) => reads.count("rows", "visits/"))).toBe(2);
    expect(await storage.read((reads) => reads.count("rows"))).toBe(4);
  });

  it("finds rows by what they show, in order of the field", async () => {
    const storage = make();
    await put(
      storage,
      row("visits/1", { plan_on: "2026-11-28" }),
      row("visits/2", { plan_on: "2026-11-26" }),
      row("visits/3", { plan_on: "2026-11-27" }, { shown: { plan_on: "2026-12-01" }, unsent: true }),
      row("visits/4", { plan_on: "2026-11-27" }, { shown: null, unsent: true }),
      row("visits/5", { plan_on: null }),
      row("visits_of_old/6", { plan_on: "2026-11-27" }),
    );
    expect(await found(storage, "2026-11-26", "2026-11-28")).toEqual(["visits/2", "visits/1"]);
    expect(await found(storage, "2026-12-01", "2026-12-01")).toEqual(["visits/3"]);
    await put(storage, row("visits/1", { plan_on: "2026-12-02" }), { table: "rows", key: "visits/2", value: undefined });
    expect(await found(storage, "2026-11-26", "2026-11-28")).toEqual([]);
  });

  it("takes all of a transaction or nothing of it, and sees its own changes in it", async () => {
    const storage = make();
    const torn = storage.change(async (writes) => {
      await writes.put([{ table: "meta", key: "a", value: 1 }]);
      expect(await writes.get("meta", "a")).toBe(1);
      throw new Error("power");
    });
    await expect(torn).rejects.toThrow("power");
    expect(await keys(storage, "meta")).not.toContain("a");
  });

  it("does one transaction at a time", async () => {
    const storage = make();
    const add = () =>
      storage.change(async (writes) => {
        const sum = ((await writes.get("meta", "sum")) as number | undefined) ?? 0;
        await writes.get("queue", "nothing");
        await writes.put([{ table: "meta", key: "sum", value: sum + 1 }]);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await storage.read((reads) => reads.get("meta", "sum"))).toBe(20);
  });

  it("tells who listens of each change, and nobody else", async () => {
    const storage = make();
    const live = liveOf(storage, (reads) => reads.count("drafts"));
    expect(live.get()).toBeUndefined();
    const seen: (number | undefined)[] = [];
    const end = live.subscribe(() => seen.push(live.get()));
    await eventually(() => live.get() === 0, "first value");
    await put(storage, { table: "drafts", key: "a", value: 1 });
    await eventually(() => live.get() === 1, "second value");
    end();
    await put(storage, { table: "drafts", key: "b", value: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.at(-1)).toBe(1);
  });
});

describe("IndexedDB alone", () => {
  it("is the same store in another tab, and shows it live there", async () => {
    const [one, other] = [dexie("shared"), dexie("shared")];
    const live = liveOf(other, (reads) => reads.scan("rows", "visits/"));
    const end = live.subscribe(() => undefined);
    await put(one, row("visits/1", { note: "hi" }));
    await eventually(() => live.get()?.length === 1, "seen in the other tab");
    end();
  });

  it("indexes anew when an app with other fields opens it", async () => {
    const before = dexie("older", { visits: { policy: "merge", fields: { note: text(9) }, actions: {}, parents: {} } });
    await put(before, row(`visits/${id(1)}`, { customer_id: id(2) }));
    await expect(found(before, id(2), id(2), "customer_id")).rejects.toThrow("no index");
    before.close();
    expect(await found(dexie("older"), id(2), id(2), "customer_id")).toEqual([`visits/${id(1)}`]);
  });

  it("is gone when it is deleted", async () => {
    const storage = dexie("gone");
    await put(storage, { table: "drafts", key: "a", value: 1 });
    storage.close();
    await DexieStorage.delete("gone");
    expect(await keys(dexie("gone"), "drafts")).toEqual([]);
  });
});
