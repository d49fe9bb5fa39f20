/** What is typed while a visit is added, and the operation it becomes. */
import type { Workspace } from "../../device/api";
import { instantOf } from "../words/times";

export interface PlanForm {
  /** now: it begins. plan: for a day to come. over: it took place; nothing is made before its log is finished. */
  readonly what: "now" | "plan" | "over";
  readonly customer_id: string | null;
  /** The customer's, or of a place when there is no customer. */
  readonly name: string;
  readonly place: string;
  readonly day: string;
  /** HH:MM, or empty. */
  readonly clock: string;
  readonly purpose: string;
  readonly importance: number;
  readonly urgency: number;
  /** Who takes part; a list as of people/list.ts. */
  readonly people: string | null;
}

export const PLAN_FORM = "visit:plan";

/** shown: the day that is looked at, for which somebody most likely plans. */
export function blankPlan(shown: string, today: string): PlanForm {
  return {
    what: shown > today ? "plan" : "now",
    customer_id: null,
    name: "",
    place: "",
    day: shown < today ? today : shown,
    clock: "",
    purpose: "",
    importance: 2,
    urgency: 2,
    people: null,
  };
}

/** Makes the visit; one that begins now has no planned day, for nobody had planned it. Returns its id. */
export function planVisit(workspace: Workspace, form: PlanForm, zone: string): Promise<string> {
  const place = form.customer_id === null ? form.name.trim() : form.place.trim();
  const planned = form.what === "plan";
  return workspace.act(
    (group) =>
      group.create("visits", {
        // The name goes along although the server knows it, so that this device can show it at once.
        ...(form.customer_id === null ? {} : { customer_id: form.customer_id, customer_name: form.name }),
        ...(place === "" ? {} : { place }),
        ...(form.purpose.trim() === "" ? {} : { purpose: form.purpose.trim() }),
        ...(form.people === null ? {} : { people: form.people }),
        assignee_id: workspace.person.user.id,
        ...(planned ? { planned_on: form.day, importance: form.importance, urgency: form.urgency } : {}),
        ...(planned && form.clock !== "" ? { planned_start_at: instantOf(form.day, form.clock, zone) } : {}),
      }),
    { draft: PLAN_FORM },
  );
}
