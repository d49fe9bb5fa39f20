/** What reports say about themselves. Functions, because the language can change. */
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";
import { addDays, sayDate, sayDayWithin } from "../words/times";
import type { Facts } from "./facts";
import type { Report, TextName } from "./reports";

export function topics(): readonly Choice<string>[] {
  return [
    { value: "routine", text: i18n._("Daily work") },
    { value: "customers", text: i18n._("Customers") },
    { value: "market", text: i18n._("Market") },
    { value: "events", text: i18n._("Events") },
    { value: "proposal", text: i18n._("Proposal") },
    { value: "other", text: i18n._("Other") },
  ];
}

export const sayTopic = (topic: string): string => topics().find((each) => each.value === topic)?.text ?? topic;

export function sayText(field: TextName): string {
  switch (field) {
    case "topic":
      return i18n._("Topic");
    case "summary":
      return i18n._("Summary");
    case "problems":
      return i18n._("Problems");
    case "next_plan":
      return i18n._("What comes next");
  }
}

/** “Report of today”, or of a week. */
export function sayReport({ kind, period_on }: Pick<Report, "kind" | "period_on">, today: string): string {
  if (kind === "daily") return i18n._("Daily report, {day}", { day: sayDayWithin(period_on, today) });
  return i18n._("Weekly report, {from} to {to}", { from: sayDate(period_on, today), to: sayDate(addDays(period_on, 6), today) });
}

type NumberName = { [F in keyof Facts]: Facts[F] extends number ? F : never }[keyof Facts];

export function factNames(): readonly (readonly [NumberName, string])[] {
  return [
    ["visits_done", i18n._("Visits made")],
    ["visits_unplanned", i18n._("of them not planned")],
    ["visits_planned", i18n._("Visits planned")],
    ["visits_open", i18n._("Not done")],
    ["visits_cancelled", i18n._("Cancelled")],
    ["calls", i18n._("Calls")],
    ["contacts", i18n._("Other contacts")],
    ["receptions", i18n._("Receptions")],
    ["customers_new", i18n._("New customers")],
    ["follow_ups_done", i18n._("Followed up")],
    ["tasks_done", i18n._("Tasks done")],
    ["questions_asked", i18n._("Customers' questions")],
    ["questions_open", i18n._("Questions still open")],
  ];
}
