/** What sorts of things stand on a timeline and in the team's feed. A function, because the language can change. */
import type { Rows } from "../../wire";
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";

export type Deed = Rows["timeline"]["deed"];

export function deeds(): readonly Choice<Deed>[] {
  return [
    { value: "visit", text: i18n._("Visits") },
    { value: "call", text: i18n._("Calls") },
    { value: "activity", text: i18n._("Other contacts") },
    { value: "reception", text: i18n._("Receptions") },
    { value: "note", text: i18n._("Notes") },
    { value: "follow_up", text: i18n._("Follow-ups") },
    { value: "opportunity", text: i18n._("Opportunities") },
    { value: "question", text: i18n._("Questions") },
    { value: "customer", text: i18n._("New customers") },
    { value: "report", text: i18n._("Work reports") },
    { value: "expense", text: i18n._("Expenses") },
    { value: "other", text: i18n._("Other changes") },
  ];
}
