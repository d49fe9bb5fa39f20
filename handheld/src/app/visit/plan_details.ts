/** What can be changed of a visit that is planned, but for its day; and what of it is sent. Pure. */
import type { Actions } from "../../wire";
import type { Visit } from "../rows/visits";
import { clockOf, instantOf } from "../words/times";

export type PlanUpdate = Actions["visits"]["update"];

export interface PlanDetails {
  /** HH:MM, or empty. */
  readonly clock: string;
  readonly place: string;
  readonly purpose: string;
  readonly importance: number;
  readonly urgency: number;
  /** Who takes part; a list as of people/list.ts. */
  readonly people: string | null;
}

export function detailsOf(visit: Visit, zone: string): PlanDetails {
  return {
    clock: typeof visit.planned_start_at === "number" ? clockOf(visit.planned_start_at, zone) : "",
    place: visit.place ?? "",
    purpose: visit.purpose ?? "",
    importance: (visit.importance) ?? 2,
    urgency: (visit.urgency) ?? 2,
    people: visit.people ?? null,
  };
}

/** Only what was changed, so that a colleague's change of another field stays. */
export function changesOf(before: PlanDetails, form: PlanDetails, day: string, zone: string): PlanUpdate {
  const text = (name: "place" | "purpose") =>
    form[name].trim() === before[name] ? {} : { [name]: form[name].trim() === "" ? null : form[name].trim() };
  return {
    ...(form.clock === before.clock ? {} : { planned_start_at: form.clock === "" ? null : instantOf(day, form.clock, zone) }),
    ...text("place"),
    ...text("purpose"),
    ...(form.importance === before.importance ? {} : { importance: form.importance }),
    ...(form.urgency === before.urgency ? {} : { urgency: form.urgency }),
    ...(form.people === before.people ? {} : { people: form.people }),
  };
}
