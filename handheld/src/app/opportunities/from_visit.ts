/** What an opportunity takes over from the visit it comes from. */
import type { Group } from "../../device/api";
import { i18n } from "../../i18n";
import type { Visit } from "../rows/visits";
import { addDays } from "../words/times";

/** How many days ahead the next step stands unless it is changed. */
const AHEAD = 3;
const TITLE_MOST = 120;
const STEP_MOST = 500;

/** The opportunity that a visit becomes: named and with a next step out of what was logged. */
export function makeOpportunity(group: Group, visit: Visit, customer_id: string, today: string): string {
  return group.create("opportunities", {
    customer_id,
    visit_id: visit.id,
    title: firstLine(visit.result ?? visit.purpose ?? visit.customer_name ?? i18n._("Opportunity"), TITLE_MOST),
    next_step: (visit.next_step ?? i18n._("Get in touch again")).slice(0, STEP_MOST),
    next_step_on: addDays(today, AHEAD),
  });
}

function firstLine(text: string, most: number): string {
  return [...(text.trim().split("\n")[0] ?? "")].slice(0, most).join("");
}
