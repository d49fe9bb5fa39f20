/** Expenses as people read them. A function each, because the language can change. */
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";
import type { Tone } from "../parts/Tag";
import type { Claim, ClaimState } from "../rows/expenses";
import { stateOf } from "../rows/expenses";
import { KINDS, type LineKind } from "./evidence";

export function sayKind(kind: LineKind): string {
  switch (kind) {
    case "taxi":
      return i18n._("Taxi");
    case "meal":
      return i18n._("Meal");
    case "hotel":
      return i18n._("Hotel");
    case "gift":
      return i18n._("Gift");
    case "travel":
      return i18n._("Travel");
    case "fuel":
      return i18n._("Fuel");
    case "parking":
      return i18n._("Parking");
    case "communication":
      return i18n._("Phone and post");
    case "office":
      return i18n._("Office supplies");
    case "other":
      return i18n._("Other");
  }
}

export const kinds = (): readonly Choice<LineKind>[] => KINDS.map((value) => ({ value, text: sayKind(value) }));

/** What the server has not confirmed waits to be: a claim that is withdrawn here may be approved at this very moment. */
export function sayClaim(claim: Claim): { readonly text: string; readonly tone: Tone } {
  const state = stateOf(claim);
  if (claim.unsent && (state === "submitted" || state === "withdrawn")) return { text: i18n._("Waiting to be confirmed"), tone: "warn" };
  return sayState(state);
}

export function sayState(state: ClaimState): { readonly text: string; readonly tone: Tone } {
  switch (state) {
    case "draft":
      return { text: i18n._("Draft"), tone: "plain" };
    case "submitted":
      return { text: i18n._("Waiting for approval"), tone: "brand" };
    case "approved":
      return { text: i18n._("Approved"), tone: "good" };
    case "returned":
      return { text: i18n._("Returned"), tone: "warn" };
    case "rejected":
      return { text: i18n._("Rejected"), tone: "bad" };
    case "withdrawn":
      return { text: i18n._("Withdrawn"), tone: "plain" };
    case "reimbursed":
      return { text: i18n._("Paid"), tone: "good" };
    case "void":
      return { text: i18n._("Approval void"), tone: "warn" };
  }
}

/** What a claim is called until its owner names it otherwise: `2026-11` → “November 2026”. */
export function sayMonth(day: string): string {
  const form = new Intl.DateTimeFormat(i18n.locale, { year: "numeric", month: "long", timeZone: "UTC" });
  return i18n._("{month} expenses", { month: form.format(Date.parse(`${day}T00:00:00Z`)) });
}

export function sayFlag(kind: string): string {
  switch (kind) {
    case "same_receipt":
      return i18n._("Same receipt");
    case "similar_receipt":
      return i18n._("Similar receipt");
    default:
      return i18n._("Looks like another");
  }
}
