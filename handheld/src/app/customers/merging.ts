/** What two cards say differently, and who may be the same customer. Pure. */
import type { Actions } from "../../wire";
import type { Customer, Entry } from "./directory";

export type Field = keyof Actions["customers"]["update"];

const FIELDS: readonly Field[] = [
  "name", "kind", "stage", "lost_reason", "grade", "source", "id_number", "address", "born_on", "needs", "remark", "hobbies", "wishes", "industry",
  "category", "need_level", "importance", "first_contact_on", "expected_close_on",
];

export interface Difference {
  readonly field: Field;
  readonly kept: unknown;
  readonly gone: unknown;
}

/** Fields of which a person has to choose. What only one of the two says is kept anyway. */
export function differences(kept: Customer, gone: Customer): Difference[] {
  const said = (value: unknown): boolean => value !== null && value !== undefined && value !== "";
  return FIELDS.map((field) => ({ field, kept: kept[field], gone: gone[field] })).filter(
    (each) => each.kept !== each.gone && said(each.kept) && said(each.gone),
  );
}

/** Others on this device with one of his numbers, of phones or of his papers, or of his name. */
export function likely(entries: readonly Entry[], id: string): Entry[] {
  const his = entries.find((each) => each.customer.id === id);
  if (!his) return [];
  const digits = new Set(his.digits);
  const isAlike = (each: Entry) =>
    each.folded === his.folded ||
    each.digits.some((number) => digits.has(number)) ||
    (Boolean(his.customer.id_number) && each.customer.id_number === his.customer.id_number);
  return entries.filter((each) => each !== his && isAlike(each));
}
