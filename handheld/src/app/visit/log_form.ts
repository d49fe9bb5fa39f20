/** What is typed while a visit is logged, and the operations it becomes. */
import type { Group, Workspace } from "../../device/api";
import type { Actions } from "../../wire";
import { clockOf, dayOf, instantOf } from "../words/times";
import { dayOn, stateOf, type Visit } from "../rows/visits";
import type { Answer } from "./position";

type Finish = Actions["visits"]["finish"];
type Grade = NonNullable<Actions["customers"]["update"]["grade"]>;

export interface LogForm {
  readonly outcome: NonNullable<Finish["outcome"]> | null;
  readonly result: string;
  /** null: as it was. */
  readonly grade: Grade | null;
  readonly nextOn: string | null;
  readonly nextText: string;
  /** Why nothing follows; not in drafts of an earlier version, as the next. */
  readonly nothing?: string;
  /** Of the customer: habits, goals, concerns. */
  readonly impression?: string;
  /** When it ended, if not just now. */
  readonly ended: { readonly day: string; readonly clock: string } | null;
}

export const BLANK: LogForm = { outcome: null, result: "", grade: null, nextOn: null, nextText: "", ended: null };

/** Whom or what the visit is about. customer_id: null for a place or a name that is no customer. */
export interface Aim {
  readonly customer_id: string | null;
  readonly name: string;
}

export const formOf = (visit: Visit | null): string => (visit === null ? "visit:new" : `visit:${visit.id}`);

/** What an untouched form holds: a visit of an earlier day did not end just now. */
export function blankFor(visit: Visit | null, now: number, zone: string): LogForm {
  if (visit === null || stateOf(visit) === "in_progress" || dayOn(visit, zone, now) >= dayOf(now, zone)) return BLANK;
  const day = dayOn(visit, zone, now);
  const end = visit.planned_end_at ?? (visit.planned_start_at === null ? null : visit.planned_start_at + 3_600_000);
  return { ...BLANK, ended: { day, clock: end === null || dayOf(end, zone) !== day ? "18:00" : clockOf(end, zone) } };
}

export type LogRefusal = "nothing-said" | "no-follow-up-text" | "ends-in-future" | null;

/** Why it can not be finished yet. */
export function refusalOf(form: LogForm, now: number, zone: string): LogRefusal {
  if (form.outcome === null && form.result.trim() === "") return "nothing-said";
  if (endOf(form, now, zone) > now + 60_000) return "ends-in-future";
  return form.nextOn !== null && form.nextText.trim() === "" ? "no-follow-up-text" : null;
}

const endOf = (form: LogForm, now: number, zone: string): number =>
  form.ended === null ? now : instantOf(form.ended.day, form.ended.clock, zone);

/** The tap that ended a visit, and where the phone then was; null of a visit that had ended before. */
export interface Leaving {
  readonly at: number;
  readonly answer: Answer | null;
}

/** The point of leaving as the server takes it (rule F7); nothing where none is known. */
export function pointOf(answer: Answer | null) {
  if (answer === null || !("fix" in answer)) return {};
  const { latitude_e7, longitude_e7, accuracy_m, fix_age_s } = answer.fix;
  return { out_latitude_e7: latitude_e7, out_longitude_e7: longitude_e7, out_accuracy_m: accuracy_m, out_fix_age_s: fix_age_s };
}

/**
 * One group: the visit (made now if it was logged on the spot), its end, and the follow-up, so that they reach the server
 * together. The new grade goes before, by itself: it is an edit of the customer, which may be refused, and what a person
 * did must not be held back by that.
 */
export async function finishVisit(workspace: Workspace, visit: Visit | null, aim: Aim, form: LogForm, leaving: Leaving): Promise<string> {
  const zone = workspace.person.organisation.timezone;
  const ended = endOf(form, leaving.at, zone);
  const point = pointOf(leaving.answer);
  const { grade } = form;
  if (grade !== null && aim.customer_id !== null) {
    const customer = aim.customer_id;
    const known = await workspace.read((read) => read.get("customers", customer));
    if (known && known.grade !== grade) {
      await workspace.act((group) => {
        group.update("customers", customer, { grade });
      });
    }
  }
  return workspace.act(
    (group) => {
      const id = visit?.id ?? createIn(group, aim);
      const said = {
        result: form.result.trim() === "" ? null : form.result.trim(),
        outcome: form.outcome,
        nothing_next: form.nextOn === null ? orNull(form.nothing) : null,
        impression: orNull(form.impression),
        next_step: form.nextText.trim() === "" ? null : form.nextText.trim(),
      };
      group.act("visits", "finish", id, { ended_at: ended, ...said, ...point }, {
        state: "done",
        actual_ended_at: ended,
        day_on: dayOf(visit?.actual_started_at ?? ended, zone),
        ...said,
        ...point,
      });
      if (form.nextOn !== null && aim.customer_id !== null) {
        group.create("follow_ups", {
          customer_id: aim.customer_id,
          visit_id: id,
          due_on: form.nextOn,
          text: form.nextText.trim(),
        });
      }
      return id;
    },
    { draft: formOf(visit) },
  );
}

const orNull = (typed: string | undefined): string | null => typed?.trim() || null;

/** A visit that nobody planned. */
export function createIn(group: Group, aim: Aim): string {
  return group.create(
    "visits",
    // The name goes along although the server knows it, so that this device can show it at once.
    aim.customer_id === null ? { place: aim.name } : { customer_id: aim.customer_id, customer_name: aim.name },
  );
}

