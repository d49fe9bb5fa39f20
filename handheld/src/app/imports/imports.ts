/** Lists of customers, as the office keeps them: they are on no device. Pure but for asking. */
import type { Asked, Workspace } from "../../device/api";
import { sayProblem } from "../words/problems";
import { i18n } from "../../i18n";

const PATH = "/api/v1/customer-imports";
/** Bytes of a list, as the office takes it. */
export const MOST = 64 * 1024 * 1024;

/** In the order in which they are offered. */
export const FIELDS = [
  "name", "phone", "kind", "stage", "lost_reason", "grade", "source", "first_contact_on", "owner", "id_number", "address", "born_on", "needs", "remark",
] as const;
export type Field = (typeof FIELDS)[number];

export interface Column {
  /** From 0. */
  readonly place: number;
  readonly title: string | null;
  readonly samples: readonly (string | null)[];
  readonly field: Field | null;
}

export interface Import {
  readonly id: string;
  readonly name: string;
  readonly encoding: string | null;
  readonly state: "new" | "running" | "stopped" | "failed" | "tried" | "done";
  readonly is_trial: boolean;
  readonly job_id: string | null;
  readonly new_owner_id: string | null;
  readonly source: string | null;
  readonly columns: readonly Column[];
  readonly total: number | null;
  readonly answered: number;
  readonly created: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly created_at: string;
}

export const OUTCOMES = ["refused", "duplicate", "created"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Answer {
  /** Of the row, as a spreadsheet counts. */
  readonly number: number;
  readonly customer_id: string | null;
  /** null: nobody within reach. */
  readonly customer_name: string | null;
  readonly owner_name: string | null;
  readonly faults: readonly { readonly column: number | null; readonly detail: string }[];
}

export interface Page {
  readonly items: readonly Answer[];
  readonly next: string | null;
}

/** What was asked for, or why it is not there, in words. */
export type Told<T> =
  | { readonly value: T; readonly why: null }
  | { readonly value: null; readonly why: string; readonly isOffline?: true };

function told<T>(asked: Asked): Told<T> {
  if (asked.offline) return { value: null, why: i18n._("Lists are taken in by the office: this needs a network."), isOffline: true };
  if (asked.code === null) return { value: asked.body as T, why: null };
  const body = asked.body as { readonly params?: Readonly<Record<string, unknown>> } | null;
  return { value: null, why: sayProblem(asked.code, body?.params ?? {}) };
}

export const askImports = async (workspace: Workspace): Promise<Told<{ readonly items: readonly Import[] }>> =>
  told(await workspace.ask("GET", `${PATH}?limit=20`));

export const askImport = async (workspace: Workspace, id: string): Promise<Told<Import>> => told(await workspace.ask("GET", `${PATH}/${id}`));

export async function handIn(workspace: Workspace, file: File): Promise<Told<Import>> {
  if (file.size > MOST) return { value: null, why: i18n._("This file has more than 64 MB. Split it and take in the parts.") };
  return told(await workspace.ask("POST", `${PATH}?name=${encodeURIComponent(file.name.slice(-200))}`, file));
}

/** What each column is read as, by place. */
export type Mapping = Readonly<Record<string, Field | null>>;

export interface Wish {
  readonly fields: Mapping;
  /** Of rows that name nobody; null: the person himself. */
  readonly owner: string | null;
  readonly source: string | null;
}

export function begin(workspace: Workspace, id: string, wish: Wish, isTrial: boolean): Promise<Told<Import>> {
  const columns = Object.entries(wish.fields).flatMap(([place, field]) => (field === null ? [] : [{ place: Number(place), field }]));
  const body = { columns, is_trial: isTrial, new_owner_id: wish.owner, source: wish.source };
  return workspace.ask("POST", `${PATH}/${id}/start`, body).then(told<Import>);
}

export const goOn = async (workspace: Workspace, id: string): Promise<Told<Import>> => told(await workspace.ask("POST", `${PATH}/${id}/continue`));

export const stop = async (workspace: Workspace, job: string): Promise<Told<unknown>> => told(await workspace.ask("POST", `/api/v1/jobs/${job}/cancel`));

export const drop = async (workspace: Workspace, id: string): Promise<Told<unknown>> => told(await workspace.ask("DELETE", `${PATH}/${id}`));

export const askAnswers = async (workspace: Workspace, id: string, outcome: Outcome, cursor: string | null): Promise<Told<Page>> =>
  told(await workspace.ask("GET", `${PATH}/${id}/rows?outcome=${outcome}&limit=50${cursor === null ? "" : `&cursor=${cursor}`}`));

export const askFile = async (workspace: Workspace, id: string, outcome: Outcome): Promise<Told<Blob>> =>
  told(await workspace.ask("GET", `${PATH}/${id}/rows/file?outcome=${outcome}&format=xlsx`, undefined, "file"));

/** What its columns are taken for, by place. */
export const guessed = (columns: readonly Column[]): Mapping => Object.fromEntries(columns.map((each) => [String(each.place), each.field]));

/** Says another thing of a column. Only phones may be several; any other is taken off the column that had it. */
export function mapped(fields: Mapping, place: number, field: Field | null): Mapping {
  const others = Object.entries(fields).map(([key, value]) => [key, value === field && field !== "phone" ? null : value] as const);
  return { ...Object.fromEntries(others), [String(place)]: field };
}

/** Whether the office would take it: a name is needed. */
export const hasName = (fields: Mapping): boolean => Object.values(fields).includes("name");

/** How far it is, from 0 to 1; null while nobody knows. */
export const partOf = ({ answered, total }: Pick<Import, "answered" | "total">): number | null =>
  total === null || total === 0 ? null : Math.min(1, answered / total);
