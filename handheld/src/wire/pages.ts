/** Pages of rows, column by column, and how a run of them folds into the rows a device holds (docs/protocol.md §9). */
import { MalformedAnswer, array, object, string, whole, type Members } from "./reading";

export interface PulledRow {
  readonly collection: string;
  readonly id: string;
  readonly version: number;
  readonly values: Members;
  /** Names of the buckets it is put into. */
  readonly buckets: readonly string[];
}

export interface Removal {
  readonly collection: string;
  readonly id: string;
  readonly bucket: string;
}

/** The part of a pull answer that changes rows; `left` comes before the rest. */
export interface Changes {
  readonly left: readonly string[];
  readonly rows: readonly PulledRow[];
  readonly removals: readonly Removal[];
}

export function isEmpty(changes: Changes): boolean {
  return changes.left.length + changes.rows.length + changes.removals.length === 0;
}

/** Reads left, pages, bucket_names and removals. Throws MalformedAnswer. */
export function parseChanges(pull: Members): Changes {
  const names = array(pull.bucket_names, "bucket_names").map((name) => string(name, "bucket name"));
  return {
    left: array(pull.left, "left").map((name) => string(name, "left")),
    rows: array(pull.pages, "pages").flatMap((page) => rowsOf(object(page, "page"), names)),
    removals: array(pull.removals, "removals").map((each) => {
      const removal = object(each, "removal");
      return {
        collection: string(removal.collection, "collection"),
        id: string(removal.row, "row"),
        bucket: nameAt(names, removal.bucket),
      };
    }),
  };
}

function rowsOf(page: Members, names: readonly string[]): PulledRow[] {
  const collection = string(page.collection, "collection");
  const columns = Object.entries(object(page.columns, "columns")).map(([name, values]) => [name, array(values, name)] as const);
  const where = array(page.buckets, "buckets");
  if (columns.some(([, values]) => values.length !== where.length)) throw new MalformedAnswer("columns of different length");
  const fields = columns.filter(([name]) => name !== "id" && name !== "version");
  const ids = columns.find(([name]) => name === "id")?.[1];
  const versions = columns.find(([name]) => name === "version")?.[1];
  if (!ids || !versions) throw new MalformedAnswer("a page without id or version");
  return where.map((places, line) => {
    const buckets = array(places, "places").map((place) => nameAt(names, place));
    if (buckets.length === 0) throw new MalformedAnswer("a row without a bucket");
    return {
      collection,
      id: string(ids[line], "id"),
      version: whole(versions[line], "version"),
      values: Object.fromEntries(fields.map(([name, values]) => [name, values[line]])),
      buckets,
    };
  });
}

function nameAt(names: readonly string[], place: unknown): string {
  const name = names[whole(place, "place")];
  if (name === undefined) throw new MalformedAnswer("a place beyond bucket_names");
  return name;
}

/** "collection/id": how rows are named on the device. Collections have no slash in their names. */
export type RowKey = string;

export function rowKey(collection: string, id: string): RowKey {
  return `${collection}/${id}`;
}

/** What a run of answers amounts to. */
export interface Fold {
  /** Buckets let go of since the run began. */
  readonly dropped: ReadonlySet<string>;
  /** The newest row of each key. */
  readonly rows: ReadonlyMap<RowKey, PulledRow>;
  /** Key → bucket → whether the row is in it after the run; one that is not named is as before, unless it was dropped. */
  readonly moves: ReadonlyMap<RowKey, ReadonlyMap<string, boolean>>;
}

/** The fold of a whole run, in the order the answers were asked for. */
export function fold(answers: Iterable<Changes>): Fold {
  const dropped = new Set<string>();
  const rows = new Map<RowKey, PulledRow>();
  const moves = new Map<RowKey, Map<string, boolean>>();
  const movesOf = (key: RowKey): Map<string, boolean> => {
    const known = moves.get(key) ?? new Map<string, boolean>();
    moves.set(key, known);
    return known;
  };
  for (const changes of answers) {
    for (const bucket of changes.left) {
      dropped.add(bucket);
      for (const moved of moves.values()) moved.delete(bucket);
    }
    for (const row of changes.rows) {
      const key = rowKey(row.collection, row.id);
      rows.set(key, row);
      const moved = movesOf(key);
      for (const bucket of row.buckets) moved.set(bucket, true);
    }
    for (const removal of changes.removals) movesOf(rowKey(removal.collection, removal.id)).set(removal.bucket, false);
  }
  return { dropped, rows, moves };
}

/** The buckets of a row after the run, sorted. None: the device drops the row. */
export function bucketsAfter(folded: Fold, key: RowKey, before: readonly string[]): string[] {
  const moved = folded.moves.get(key) ?? new Map<string, boolean>();
  const after = new Set(before.filter((bucket) => !folded.dropped.has(bucket) && moved.get(bucket) !== false));
  for (const [bucket, put] of moved) if (put) after.add(bucket);
  return [...after].sort();
}
