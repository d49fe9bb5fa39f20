/** Rows as screens read them. */
import type { Reads } from "../store/ports";
import { overlay } from "../store/overlay";
import { onShow, type Entry, type Mend, type RowRecord } from "../store/records";
import { rowKey } from "../wire/pages";
import type { CollectionName, KeptFile, MendItem, OwnOperation, Reader, Shown } from "./api";

export function readerOf(reads: Reads): Reader {
  return {
    async get(collection, id) {
      const key = rowKey(collection, id);
      return shown(key, await reads.get("rows", key));
    },
    async all(collection) {
      return shownOf(await reads.scan("rows", `${collection}/`));
    },
    async where(collection, field, value) {
      return shownOf(await reads.find(collection, field, value, value));
    },
    async between(collection, field, from, to) {
      return shownOf(await reads.find(collection, field, from, to));
    },
    async count(collection) {
      return shownOf(await reads.scan("rows", `${collection}/`)).length;
    },
    async own(collection, id) {
      const entries = (await reads.scan("queue")).map(([, entry]) => entry as Entry);
      return entries.filter((entry) => entry.collection === collection && entry.row === id).map(operation);
    },
    async unsent(collection) {
      const entries = (await reads.scan("queue")).map(([, entry]) => entry as Entry);
      const keys = entries.filter((entry) => entry.collection === collection && entry.action === "create").map((entry) => rowKey(collection, entry.row));
      const records = await reads.getMany("rows", keys);
      return keys.flatMap((key, place) => shown<typeof collection>(key, records[place]) ?? []);
    },
    async hidden(collection) {
      const entries = (await reads.scan("queue")).map(([, entry]) => entry as Entry).filter((entry) => entry.collection === collection);
      const ids = [...new Set(entries.filter((entry) => entry.action === "delete").map((entry) => entry.row))];
      const records = (await reads.getMany("rows", ids.map((id) => rowKey(collection, id)))) as (RowRecord | undefined)[];
      return ids.flatMap((id, place) => {
        const record = records[place];
        if (!record || onShow(record)) return [];
        const rest = overlay(record.adopted, entries.filter((entry) => entry.row === id && entry.action !== "delete"));
        return shown(rowKey(collection, id), { adopted: record.adopted, own: rest && { ...rest, unsent: true } }) ?? [];
      });
    },
    async mend() {
      return (await reads.scan("mend")).map(([, mend]) => mendItem(mend as Mend));
    },
    async draft(form) {
      return ((await reads.get("drafts", form)) as { value: unknown } | undefined)?.value;
    },
    async file(sha256) {
      return (await reads.get("files", `info/${sha256}`)) as KeptFile | undefined;
    },
  };
}

function shownOf<C extends CollectionName>(found: readonly (readonly [string, unknown])[]): Shown<C>[] {
  return found.flatMap(([key, record]) => shown<C>(key, record) ?? []);
}

function shown<C extends CollectionName>(key: string, kept: unknown): Shown<C> | undefined {
  const record = kept as RowRecord | undefined;
  const row = onShow(record);
  if (!record || !row) return undefined;
  const id = key.slice(key.indexOf("/") + 1);
  return { ...row.values, id, version: row.version, unsent: record.own?.unsent ?? false } as unknown as Shown<C>;
}

function operation(entry: Entry): OwnOperation {
  const { collection, row, action, values, made_at, verdict } = entry;
  return { collection: collection as CollectionName, row, action, values, made_at, state: verdict === null ? "unsent" : "taken" };
}

function mendItem({ entry, verdict, code, params }: Mend): MendItem {
  const { state: _, ...rest } = operation(entry);
  return { ...rest, serial: entry.serial, verdict, code, params };
}
