/** Comparing digests with the server, and having what differs read again (docs/protocol.md §14). */
import type { Storage } from "../store/ports";
import { adoptedRows, loadState } from "../store/state";
import { NOTHING, add, hex, term, type Digest } from "../wire/digests";
import { isObject } from "../wire/reading";
import { letGo } from "./pulling";

/** Digest of each bucket over the adopted rows, with the head they are of. A bucket without rows is not named. */
export async function digests(storage: Storage): Promise<{ readonly head: number; readonly found: Map<string, Digest> }> {
  const { head, rows } = await storage.read(async (reads) => {
    const state = await loadState(reads);
    return { head: state.checkpoint.head, rows: await adoptedRows(state) };
  });
  const found = new Map<string, Digest>();
  for (const [key, { adopted }] of rows) {
    if (adopted === null) continue;
    const cut = key.indexOf("/");
    const added = await term(key.slice(0, cut), key.slice(cut + 1), adopted.version);
    for (const bucket of adopted.buckets) found.set(bucket, add(found.get(bucket) ?? NOTHING, added));
  }
  return { head, found };
}

/**
 * Compares with an answer of GET /mobile/v1/digest; buckets that differ are read again at the next exchanges (M29).
 * Returns their names, or null when nothing can be said: the server has moved on, or something is kept aside.
 */
export async function compare(storage: Storage, answer: unknown): Promise<string[] | null> {
  if (!isObject(answer) || !isObject(answer.buckets)) return null;
  const theirs = answer.buckets;
  const mine = await digests(storage);
  const names = [...new Set([...mine.found.keys(), ...Object.keys(theirs)])].sort();
  const differing = names.filter((name) => {
    const own = mine.found.get(name) ?? NOTHING;
    const said = theirs[name];
    return isObject(said) ? said.rows !== own.rows || said.digest !== hex(own) : own.rows !== 0;
  });
  return storage.change(async (writes) => {
    const state = await loadState(writes);
    if (answer.head !== mine.head || state.checkpoint.head !== mine.head || state.staging) return null;
    await letGo(writes, state, differing);
    return differing;
  });
}
