/** What a person does on the device: one transaction of local edits, checked and queued with the rows they show. */
import { StateDraft } from "../store/draft";
import type { Writes } from "../store/ports";
import { onShow, type Entry, type RowRecord } from "../store/records";
import { loadState } from "../store/state";
import type { Shape, Shapes } from "../wire/kinds";
import { rowKey } from "../wire/pages";
import type { Members } from "../wire/reading";
import { checkValue } from "../wire/values";
import { WireError } from "../wire/wire_error";
import { toWire, wireBytes } from "./entries";
import { NotSendable, RowGone } from "./refusals";

export const MAX_OPERATIONS = 500;
export const MAX_OPERATION_BYTES = 65_536;
/** What needs no row on show: one that is new, or that was deleted. */
const BY_ID: ReadonlySet<string> = new Set(["create", "restore"]);
/** Below what a server takes as one request, since a transaction is never split. */
export const MAX_TRANSACTION_BYTES = 1_000_000;

/** One edit of a transaction. effect: what it shows until the server's row is there. */
export interface Edit {
  readonly collection: string;
  readonly action: string;
  readonly row: string;
  readonly values: Members;
  readonly effect: Members;
  readonly made_at: number;
}

/** Collects the edits of one transaction; values are checked as they come (M5). */
export class Edits {
  readonly made: Edit[] = [];
  readonly #shapes: Shapes | null;
  readonly #clock: () => number;
  readonly #mint: (now: number) => string;
  /** When it was begun: what is done in one go was made at one instant. */
  readonly #begun: number;

  /** shapes: null when none are known; then only what no server can read is refused. */
  constructor(shapes: Shapes | null, clock: () => number, mint: (now: number) => string) {
    this.#shapes = shapes;
    this.#clock = clock;
    this.#mint = mint;
    this.#begun = clock();
  }

  create(collection: string, values: Members, id?: string): string {
    const row = id ?? this.#mint(this.#clock());
    this.#edit(collection, "create", row, values);
    return row;
  }

  update(collection: string, row: string, values: Members): void {
    this.#edit(collection, "update", row, values);
  }

  delete(collection: string, row: string): void {
    this.#edit(collection, "delete", row, {});
  }

  /** effect: fields to show meanwhile; else those of the values that are fields of the row. */
  act(collection: string, action: string, row: string, values: Members, effect?: Members): void {
    const fields = this.#shapes?.[collection]?.fields;
    const shown = effect ?? Object.fromEntries(Object.entries(values).filter(([name]) => !fields || name in fields));
    this.#edit(collection, action, row, values, shown);
  }

  #edit(collection: string, action: string, row: string, values: Members, effect?: Members): void {
    const cleaned = checked(this.#shapes, collection, action, values);
    this.made.push({ collection, action, row, values: cleaned, effect: effect ?? cleaned, made_at: this.#begun });
  }
}

/** The values as they will be sent. Throws NotSendable where a server would refuse them unseen. */
export function checked(shapes: Shapes | null, collection: string, action: string, values: Members): Members {
  if (shapes === null) return readable(collection, values);
  const shape: Shape | undefined = shapes[collection];
  if (!shape) throw new NotSendable(collection, null, "sync.unknown-collection");
  const taken = shape.actions[action];
  if (!taken) throw new NotSendable(collection, null, "sync.unknown-action");
  const missing = taken.required.find((name) => !(name in values));
  if (missing !== undefined) throw new NotSendable(collection, missing, "sync.missing-field");
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const kind = taken.values[name];
      if (!kind) throw new NotSendable(collection, name, "sync.unknown-field");
      try {
        return [name, checkValue(kind, value)];
      } catch (error) {
        if (error instanceof WireError) throw new NotSendable(collection, name, error.code, error.params);
        throw error;
      }
    }),
  );
}

function readable(collection: string, values: Members): Members {
  for (const [name, value] of Object.entries(values)) {
    const isPlain = value === null || ["string", "boolean"].includes(typeof value) || Number.isSafeInteger(value);
    if (!isPlain) throw new NotSendable(collection, name, "sync.wrong-type");
    if (typeof value === "string" && !value.isWellFormed()) throw new NotSendable(collection, name, "sync.forbidden-character");
  }
  return { ...values };
}

/**
 * Puts a transaction into the queue as one group, with the rows it shows (M6). draft: a form that goes with it.
 * Throws NotSendable when it could never go in one piece (M31), RowGone for an edit of a row that is not on show.
 */
export async function queue(writes: Writes, edits: readonly Edit[], draft: string | null = null): Promise<void> {
  if (edits.length > MAX_OPERATIONS) throw new NotSendable("", null, "sync.too-many-operations", { max: MAX_OPERATIONS });
  const state = await loadState(writes);
  const records = (await writes.getMany("rows", edits.map((edit) => rowKey(edit.collection, edit.row)))) as (RowRecord | undefined)[];
  const { counters } = state;
  const changes = new StateDraft(state);
  const touched = new Set<string>();
  let size = 0;
  edits.forEach((edit, place) => {
    const key = rowKey(edit.collection, edit.row);
    const record = records[place];
    if (!BY_ID.has(edit.action) && !touched.has(key) && onShow(record) === null) throw new RowGone(edit.collection, edit.row);
    touched.add(key);
    const entry: Entry = {
      serial: counters.nextSerial + place,
      enrolment: counters.enrolment ?? "",
      n: counters.nextN + place,
      group: counters.nextGroup,
      ...edit,
      base: record?.adopted?.version ?? 0,
      verdict: null,
      visible_at: null,
      epoch: null,
      server_row: null,
    };
    const bytes = wireBytes(toWire(entry));
    size += bytes;
    if (bytes > MAX_OPERATION_BYTES || size > MAX_TRANSACTION_BYTES) {
      throw new NotSendable(edit.collection, null, "sync.operation-too-large", { max_bytes: MAX_OPERATION_BYTES });
    }
    changes.putEntry(entry);
  });
  if (draft !== null) changes.drop("drafts", draft);
  if (edits.length > 0) {
    changes.number({
      ...counters,
      nextN: counters.nextN + edits.length,
      nextGroup: counters.nextGroup + 1,
      nextSerial: counters.nextSerial + edits.length,
    });
  }
  await changes.commit(writes);
}
