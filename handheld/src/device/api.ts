/**
 * What the screens call. Everything here works without a network except signing in and `ask`; README.md shows how it is used.
 *
 * Instants are milliseconds since 1970 UTC, days are YYYY-MM-DD in the organisation's zone.
 */
import type { Credentials, SignIn } from "../session/signing_in";
import type { PersonDetails as Person } from "../session/vault";
import type { Live } from "../store/live";
import type { Trouble } from "../sync/status";
import type { Actions, Rows } from "../wire";

export { NotSendable, RowGone } from "../queue/refusals";
export type { Credentials, Live, Person, SignIn, Trouble };

export type CollectionName = keyof Rows;

/** A row as the person sees it: the server's with the own operations on top. version: 0 for one the server has not shown yet. */
export type Shown<C extends CollectionName> = Rows[C] & {
  readonly id: string;
  readonly version: number;
  /** Own operations on it have no verdict yet: waiting to be confirmed, never "done". */
  readonly unsent: boolean;
};

/** Fields with a local index: those that name a row of another kind, and days. */
export type IndexedField<C extends CollectionName> = {
  [F in keyof Rows[C] & string]: F extends `${string}_id` | `${string}_on` ? F : never;
}[keyof Rows[C] & string];

// -- the device -------------------------------------------------------------------------------------------------------------

export interface Handheld {
  readonly state: Live<DeviceState>;
  signIn(given: Credentials): Promise<SignIn>;
  /** Ends the session here. Queue, drafts and rows stay for when this person signs in again; nobody else sees them. */
  signOut(): Promise<void>;
  /** Only when revoked and handed in: deletes all there is here, so that somebody can sign in as on a new device. */
  beginAnew(): Promise<void>;
  /** Small choices of this device, such as the language; kept over sign-outs. */
  readonly preferences: Preferences;
}

export interface Preferences {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
}

export type DeviceState =
  | { readonly kind: "starting" }
  /** people: who has a store here, newest first, with how much of theirs is unsent. */
  | { readonly kind: "signed-out"; readonly people: readonly KnownPerson[] }
  | { readonly kind: "open"; readonly workspace: Workspace }
  /** Shut out. The queue is handed in to the office; with wipe everything is deleted, and then it is "signed-out". */
  | { readonly kind: "revoked"; readonly person: Person | null; readonly wipe: boolean; readonly handedIn: boolean };

export interface KnownPerson extends Person {
  readonly unsent: number;
}

// -- what one person has on this device -------------------------------------------------------------------------------------

export interface Workspace {
  readonly person: Person;
  /** Runs the query now and again after each change that it could see, in this tab or another. */
  live<T>(query: (read: Reader) => Promise<T>): Live<T>;
  read<T>(query: (read: Reader) => Promise<T>): Promise<T>;
  /**
   * One local transaction: rows on show, queue and the named draft change together or not at all, and reach the server
   * together. Resolves when it is on disk. Rejects with NotSendable (a form shows it at `field`) or RowGone.
   */
  act<T>(build: (group: Group) => T, options?: { readonly draft?: string }): Promise<T>;
  readonly drafts: Drafts;
  readonly files: Files;
  readonly sync: Sync;
  /** Takes a refused operation off the list: its author has seen to it. */
  forget(mend: MendItem): Promise<void>;
  /**
   * A request of this person to the server's other doors, for what is not synced (boards, search over the office).
   * A Blob as body is sent as it is. expect: the answer is a file, which may take minutes.
   */
  ask(method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown, expect?: "file"): Promise<Asked>;
}

/** offline: no answer, or none of Doorstep. Else status and body, a Blob of a file; code of a problem, null when it went well. */
export type Asked =
  | { readonly offline: true }
  | { readonly offline: false; readonly status: number; readonly code: string | null; readonly body: unknown };

export interface Reader {
  get<C extends CollectionName>(collection: C, id: string): Promise<Shown<C> | undefined>;
  /** In order of id, which is the order they were made in. */
  all<C extends CollectionName>(collection: C): Promise<Shown<C>[]>;
  where<C extends CollectionName>(collection: C, field: IndexedField<C>, value: string): Promise<Shown<C>[]>;
  /** Both ends included, in order of the field. */
  between<C extends CollectionName>(collection: C, field: IndexedField<C>, from: string, to: string): Promise<Shown<C>[]>;
  count(collection: CollectionName): Promise<number>;
  /** Own operations on this row, in order: what is waiting, and what has been taken but is not in the rows yet. */
  own(collection: CollectionName, id: string): Promise<OwnOperation[]>;
  /** Rows made here that are not among the adopted ones yet: what the server sets, such as a day, no index finds them by. */
  unsent<C extends CollectionName>(collection: C): Promise<Shown<C>[]>;
  /** Rows that deletions of this device hide until a checkpoint shows them, as they would be without. */
  hidden<C extends CollectionName>(collection: C): Promise<Shown<C>[]>;
  /** Refused operations, oldest first. What was refused on another device is in `sync_issues`. */
  mend(): Promise<MendItem[]>;
  draft(form: string): Promise<unknown>;
  file(sha256: string): Promise<KeptFile | undefined>;
}

export interface OwnOperation {
  readonly collection: CollectionName;
  readonly row: string;
  readonly action: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly made_at: number;
  readonly state: "unsent" | "taken";
}

export interface MendItem extends Omit<OwnOperation, "state"> {
  /** Key on the list. */
  readonly serial: number;
  readonly verdict: "rejected" | "skipped";
  /** Of a problem; `wire/problems.ts` has its texts. params.field is a JSON pointer into the operation. */
  readonly code: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

type NamedAction<C extends CollectionName> = Exclude<keyof Actions[C] & string, "create" | "update" | "delete">;
type ValuesOf<C extends CollectionName, A> = A extends keyof Actions[C] ? Actions[C][A] : never;

/** The operations of one transaction. Rows made in it can be used in it. */
export interface Group {
  /** Returns the row's id, minted here unless given. */
  create<C extends CollectionName>(collection: C, values: ValuesOf<C, "create">, id?: string): string;
  update<C extends CollectionName>(collection: C, id: string, values: ValuesOf<C, "update">): void;
  delete(collection: CollectionName, id: string): void;
  /** A named action. effect: fields the row shows meanwhile; without it the values that are fields of the row. */
  act<C extends CollectionName, A extends NamedAction<C>>(
    collection: C,
    action: A,
    id: string,
    values: ValuesOf<C, A>,
    effect?: Partial<Rows[C]>,
  ): void;
}

/** What is typed and not yet acted upon, by form; kept on each change, over reload, update and sign-out. */
export interface Drafts {
  put(form: string, value: unknown): Promise<void>;
  drop(form: string): Promise<void>;
  all(): Promise<{ readonly form: string; readonly value: unknown; readonly at: number }[]>;
}

export interface Files {
  /** Keeps a picture or a PDF on this device and sends it when it can, after the operations. Same bytes, same sha256, one file. */
  keep(content: Blob): Promise<KeptFile>;
  content(sha256: string): Promise<Blob | undefined>;
}

export interface KeptFile {
  readonly sha256: string;
  readonly size: number;
  readonly type: string;
  readonly state: "unsent" | "sent" | "refused";
  readonly code: string | null;
}

export interface Sync {
  readonly status: Live<SyncStatus>;
  /** Syncs as soon as it can; resolves when that attempt is over, however it went. */
  now(): Promise<void>;
}

export interface SyncStatus {
  /** Operations without a verdict, and when the oldest of them was made. */
  readonly unsent: number;
  readonly unsentSince: number | null;
  readonly unsentFiles: number;
  readonly mend: number;
  /** What the browser says; an exchange that fails is "later" all the same. */
  readonly online: boolean;
  readonly syncing: boolean;
  /** When a complete checkpoint was last adopted or confirmed, by this device's clock. */
  readonly lastSync: number | null;
  /** Nothing adopted yet: the first sync is to come or under way. */
  readonly first: boolean;
  /** Rows that have come and rows expected, while a sync of several pages is under way. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly trouble: Trouble | null;
}
