/** What activities are called. Functions, because the language can change. */
import { i18n } from "../../i18n";
import type { Rows } from "../../wire";
import type { Choice } from "../parts/Chips";

export type Activity = Rows["activities"];

export function channels(): readonly Choice<Activity["channel"]>[] {
  return [
    { value: "call_out", text: i18n._("I called") },
    { value: "call_in", text: i18n._("Called me") },
    { value: "message", text: i18n._("Message") },
    { value: "mail", text: i18n._("Mail") },
    { value: "meeting_online", text: i18n._("Online meeting") },
    { value: "other", text: i18n._("Other") },
  ];
}

/** The seven of the trade. */
export function activityKinds(): readonly Choice<Exclude<Activity["kind"], "own">>[] {
  return [
    { value: "presales", text: i18n._("Pre-sales") },
    { value: "progress", text: i18n._("Progress made") },
    { value: "return_visit", text: i18n._("Checking back") },
    { value: "after_sales", text: i18n._("After-sales") },
    { value: "implementation", text: i18n._("Implementation") },
    { value: "acceptance", text: i18n._("Acceptance") },
    { value: "topic", text: i18n._("Special topic") },
  ];
}

/** One that the organisation has beside them. */
export const sayOwnKind = (type: Pick<Rows["activity_types"], "name_zh" | "name_en">): string => (i18n.locale === "en" ? type.name_en : type.name_zh);
