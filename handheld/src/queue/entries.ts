/** The device's queue: one entry per operation, from the moment a person acts until a checkpoint shows the effect. Pure. */
import type { Members } from "../wire/reading";
import type { Entry } from "../store/records";

export interface WireOperation {
  readonly n: number;
  readonly group: number;
  readonly collection: string;
  readonly action: string;
  readonly row: string;
  readonly base: number;
  readonly values: Members;
  readonly made_at: number;
}

/** As it stands in push.operations; the same at each sending (M7). */
export function toWire(entry: Entry): WireOperation {
  const { n, group, collection, action, row, base, values, made_at } = entry;
  return { n, group, collection, action, row, base, values, made_at };
}

/** Bytes of a JSON text with ASCII escapes, as the server counts an operation. */
export function wireBytes(value: unknown): number {
  const text = JSON.stringify(value);
  let bytes = text.length;
  for (let place = 0; place < text.length; place += 1) if (text.charCodeAt(place) > 0x7f) bytes += 5;
  return bytes;
}

/** The entry as it was before any verdict. */
export function reopened(entry: Entry): Entry {
  return { ...entry, verdict: null, visible_at: null, epoch: null, server_row: null };
}

/** The groups of a queue, in order. */
export function groupsOf(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.[0]?.group === entry.group) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/**
 * The entries to push next: whole groups from the front, numbers without a hole, within the limits (M8).
 *
 * pending: in order. limit, maxBytes: operations and bytes; the first group goes even if it alone is larger. below: numbers
 * from here on are held back.
 */
export function nextBatch(
  pending: readonly Entry[],
  { limit, maxBytes, below }: { readonly limit: number; readonly maxBytes: number; readonly below: number | null },
): Entry[] {
  const batch: Entry[] = [];
  let size = 0;
  for (const group of groupsOf(pending)) {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) break;
    size += group.reduce((sum, entry) => sum + wireBytes(toWire(entry)) + 1, 0);
    const before = batch.at(-1);
    if (before && (batch.length + group.length > limit || size > maxBytes || first.n !== before.n + 1)) break;
    if (below !== null && last.n >= below) break;
    batch.push(...group);
  }
  return batch;
}
