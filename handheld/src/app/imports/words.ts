/** Lists of customers in words. */
import { i18n } from "../../i18n";
import type { Tone } from "../parts/Tag";
import type { Field, Import, Outcome } from "./imports";

export function sayField(field: Field): string {
  switch (field) {
    case "name":
      return i18n._("Name");
    case "phone":
      return i18n._("Phone");
    case "kind":
      return i18n._("Person or company");
    case "stage":
      return i18n._("Stage");
    case "lost_reason":
      return i18n._("Why he was lost");
    case "grade":
      return i18n._("Grade");
    case "source":
      return i18n._("Source");
    case "first_contact_on":
      return i18n._("First contact");
    case "owner":
      return i18n._("Owner");
    case "id_number":
      return i18n._("Identity number");
    case "address":
      return i18n._("Address");
    case "born_on":
      return i18n._("Birthday");
    case "needs":
      return i18n._("Needs");
    case "remark":
      return i18n._("Remark");
  }
}

export function sayState({ state, is_trial }: Pick<Import, "state" | "is_trial">): { readonly text: string; readonly tone: Tone } {
  switch (state) {
    case "new":
      return { text: i18n._("Not tried yet"), tone: "plain" };
    case "running":
      return { text: is_trial ? i18n._("Being tried") : i18n._("Being taken in"), tone: "brand" };
    case "stopped":
      return { text: i18n._("Stopped"), tone: "warn" };
    case "failed":
      return { text: i18n._("Broke off"), tone: "bad" };
    case "tried":
      return { text: i18n._("Tried"), tone: "brand" };
    case "done":
      return { text: i18n._("Taken in"), tone: "good" };
  }
}

export function sayOutcome(outcome: Outcome, n: number, isTrial: boolean): string {
  switch (outcome) {
    case "refused":
      return i18n._("Refused: {n}", { n });
    case "duplicate":
      return i18n._("There already: {n}", { n });
    case "created":
      return isTrial ? i18n._("Would be new: {n}", { n }) : i18n._("New: {n}", { n });
  }
}

export function sayEncoding(encoding: string): string {
  switch (encoding) {
    case "xlsx":
      return "XLSX";
    case "utf-8-sig":
    case "utf-8":
      return i18n._("CSV in {encoding}", { encoding: "UTF-8" });
    default:
      return i18n._("CSV in {encoding}", { encoding: encoding.toUpperCase() });
  }
}
