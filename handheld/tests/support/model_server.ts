/**
 * A small server in memory that speaks the protocol, for devices that die, lose answers and outlive it: two collections,
 * customers (merge) and notes (append), one bucket for each owner.
 */
import type { Answer } from "../../src/sync/answers";
import type { Cursor } from "../../src/wire/cursors";
import type { WireOperation } from "../../src/queue/entries";

interface Row {
  readonly version: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly owner: string | null;
}
interface FeedEntry {
  readonly bucket: string;
  readonly key: string;
  readonly seq: number;
  readonly holds: boolean;
}
interface World {
  epoch: string;
  head: number;
  rows: Map<string, Row>;
  feed: Map<string, FeedEntry>;
  ledgers: Map<string, Map<number, { readonly content: string; readonly verdict: Record<string, unknown> }>>;
}
interface Body {
  readonly enrolment: string;
  readonly push?: { readonly operations: readonly WireOperation[] };
  readonly pull?: { readonly cursor: Cursor | null };
}

export const REFUSED_NAME = "refused";

export class ModelServer {
  /** Enrolment → person. */
  readonly people = new Map<string, string>();
  /** Effects there were, by row and action: each operation has one at most. */
  readonly effects: string[] = [];
  readonly #page: number;
  #world: World = { epoch: id(800), head: 0, rows: new Map(), feed: new Map(), ledgers: new Map() };

  /** page: entries of an answer. */
  constructor(page = 3) {
    this.#page = page;
  }

  put(collection: string, owner: string, row: string, values: Record<string, unknown>): void {
    const key = `${collection}/${row}`;
    const before = this.#world.rows.get(key);
    this.#write(key, { version: (before?.version ?? 0) + 1, values: { ...before?.values, ...values }, owner });
  }

  remove(collection: string, row: string): void {
    const key = `${collection}/${row}`;
    const before = this.#world.rows.get(key);
    if (before) this.#write(key, { ...before, owner: null });
  }

  /** What this person may see of a collection. */
  visible(owner: string, collection: string): { id: string; version: number }[] {
    return [...this.#world.rows]
      .filter(([key, row]) => row.owner === owner && key.startsWith(`${collection}/`))
      .map(([key, row]) => ({ id: key.slice(collection.length + 1), version: row.version, ...row.values }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  backup(): () => void {
    const { rows, feed, ledgers, ...rest } = this.#world;
    const copy = { ...rest, rows: new Map(rows), feed: new Map(feed), ledgers: new Map([...ledgers].map(([name, each]) => [name, new Map(each)])) };
    return () => {
      this.#world = { ...copy, epoch: id(Number(copy.epoch.slice(-3)) + 1) };
    };
  }

  exchange(sent: unknown): Answer {
    const body = JSON.parse(JSON.stringify(sent)) as Body;
    const owner = this.people.get(body.enrolment);
    if (owner === undefined) return problem(403, "sync.wrong-enrolment", {});
    const ledger = this.#world.ledgers.get(body.enrolment) ?? new Map<number, { content: string; verdict: Record<string, unknown> }>();
    this.#world.ledgers.set(body.enrolment, ledger);
    const operations = body.push?.operations ?? [];
    const first = operations[0];
    if (first && first.n > ledger.size + 1) return problem(409, "sync.gap", { expected: ledger.size + 1 });
    const reused = operations.find((each) => ledger.has(each.n) && ledger.get(each.n)?.content !== content(each));
    if (reused) return problem(409, "sync.reused-n", { n: reused.n });
    const verdicts = groups(operations).flatMap((group) => this.#decide(group, owner, ledger));
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({
        protocol: 1,
        server_time: 1,
        head: this.#world.head,
        ...(body.push && { push: { acknowledged: ledger.size, verdicts } }),
        ...(body.pull && { pull: this.#pull(body.pull.cursor, `own:${owner}`) }),
        notice: null,
      }),
    };
  }

  #decide(group: readonly WireOperation[], owner: string, ledger: Map<number, { content: string; verdict: Record<string, unknown> }>) {
    const known = group.map((each) => ledger.get(each.n)?.verdict);
    if (known.every((each) => each !== undefined)) return known;
    const bad = group.find((each) => each.values.name === REFUSED_NAME);
    return group.map((each) => {
      const key = `${each.collection}/${each.row}`;
      const before = this.#world.rows.get(key);
      const code = bad ? (each === bad ? "core.invalid-fields" : "sync.group-failed") : null;
      if (!bad) {
        this.effects.push(`${key} ${each.action}`);
        const gone = each.action === "delete";
        this.#write(key, { version: (before?.version ?? 0) + 1, values: { ...before?.values, ...each.values }, owner: gone ? null : owner });
      }
      const verdict = {
        n: each.n,
        verdict: bad ? (each === bad ? "rejected" : "skipped") : "applied",
        version: this.#world.rows.get(key)?.version ?? null,
        visible_at: bad ? null : this.#world.head,
        code,
        params: {},
      };
      ledger.set(each.n, { content: content(each), verdict });
      return verdict;
    });
  }

  #write(key: string, row: Row): void {
    const before = this.#world.rows.get(key);
    this.#world.rows.set(key, row);
    this.#world.head += 1;
    for (const owner of new Set([before?.owner, row.owner])) {
      if (typeof owner !== "string") continue;
      const bucket = `own:${owner}`;
      this.#world.feed.set(`${bucket} ${key}`, { bucket, key, seq: this.#world.head, holds: owner === row.owner });
    }
  }

  #pull(cursor: Cursor | null, bucket: string): unknown {
    const { epoch, head, rows } = this.#world;
    const reset = cursor?.epoch !== epoch;
    const after = reset ? 0 : (cursor.buckets[bucket] ?? 0);
    const left = reset ? [] : Object.keys(cursor.buckets).filter((name) => name !== bucket);
    const news = [...this.#world.feed.values()].filter((each) => each.bucket === bucket && each.seq > after).sort((a, b) => a.seq - b.seq);
    const taken = news.slice(0, this.#page);
    const isAll = taken.length === news.length;
    const pages = ["customers", "notes"].flatMap((collection) => {
      const held = taken.filter((each) => each.holds && each.key.startsWith(`${collection}/`));
      if (held.length === 0) return [];
      const found = held.map((each) => ({ row: each.key.slice(collection.length + 1), ...(rows.get(each.key) as Row) }));
      const names = [...new Set(found.flatMap((each) => Object.keys(each.values)))];
      const columns = Object.fromEntries(names.map((name) => [name, found.map((each) => each.values[name] ?? null)]));
      return [
        {
          collection,
          columns: { id: found.map((each) => each.row), version: found.map((each) => each.version), ...columns },
          buckets: found.map(() => [0]),
        },
      ];
    });
    return {
      cursor: { epoch, buckets: { [bucket]: isAll ? head : (taken.at(-1)?.seq ?? head) } },
      complete: isAll,
      left,
      reset,
      pages,
      bucket_names: [bucket],
      removals: taken
        .filter((each) => !each.holds)
        .map((each) => ({ collection: each.key.split("/")[0], row: each.key.split("/")[1], bucket: 0 })),
      remaining: news.length - taken.length,
    };
  }
}

/** An id that a test can name. */
export function id(number: number): string {
  return `0199c1a0-0000-7000-8000-${String(number).padStart(12, "0")}`;
}

function content({ n: _, group: __, ...rest }: WireOperation): string {
  return JSON.stringify(rest);
}

function groups(operations: readonly WireOperation[]): WireOperation[][] {
  const found = new Map<number, WireOperation[]>();
  for (const each of operations) found.set(each.group, [...(found.get(each.group) ?? []), each]);
  return [...found.values()];
}

function problem(status: number, code: string, params: Record<string, unknown>): Answer {
  return { status, headers: {}, body: JSON.stringify({ code, params }) };
}
