/** What stands on seven days, of all rows this device holds. Pure but for reading. */
import type { Reader } from "../../device/api";
import { takenAlong } from "../rows/copies";
import { isOpen } from "../rows/follow_ups";
import { isOpenTask } from "../rows/tasks";
import { dayOn, standingOf, stateOf, type Standing } from "../rows/visits";
import { addDays } from "../words/times";

export interface CalendarLine {
  readonly kind: "visit" | "follow_up" | "task" | "together";
  readonly id: string;
  readonly day: string;
  readonly at: number | null;
  readonly title: string;
  /** Whose it is to do; null: of whoever looks. */
  readonly person: string | null;
  readonly to: string | null;
  /** What has come of a visit; of what is still to come there is nothing to say. */
  readonly standing?: Standing;
}

export interface CalendarDay {
  readonly day: string;
  readonly lines: readonly CalendarLine[];
}

export async function weekOf(read: Reader, first: string, zone: string, now: number): Promise<CalendarDay[]> {
  const last = addDays(first, 6);
  const [counted, planned, due, tasks, along] = await Promise.all([
    read.between("visits", "day_on", first, last),
    read.between("visits", "planned_on", first, last),
    read.between("follow_ups", "due_on", first, last),
    read.between("tasks", "due_on", first, last),
    takenAlong(read, first, last, ""),
  ]);
  const visits = [...new Map([...counted, ...planned].map((each) => [each.id, each])).values()];
  const lines: CalendarLine[] = [
    ...visits
      .filter((each) => stateOf(each) !== "cancelled")
      .map((each) => ({
        kind: "visit" as const, id: each.id, day: dayOn(each, zone, now), at: each.planned_start_at ?? each.actual_started_at ?? null,
        title: each.customer_name ?? each.place ?? "", person: (each.assignee_id as string | undefined) ?? null, to: `/visits/${each.id}`,
        standing: standingOf(each, now, zone),
      })),
    ...due.filter(isOpen).map((each) => ({
      kind: "follow_up" as const, id: each.id, day: each.due_on, at: each.due_at ?? null, title: `${each.customer_name} · ${each.text}`,
      person: (each.assignee_id as string | undefined) ?? null, to: `/customers/${each.customer_id}`,
    })),
    ...tasks.filter(isOpenTask).map((each) => ({
      kind: "task" as const, id: each.id, day: each.due_on, at: null, title: each.text,
      person: (each.assignee_id as string | undefined) ?? null, to: `/tasks/${each.id}`,
    })),
    ...along
      .filter((each) => !visits.some((visit) => visit.id === each.visit_id))
      .map((each) => ({
        kind: "together" as const, id: each.id, day: each.day_on, at: each.start_at, title: each.customer_name ?? each.place ?? "",
        person: each.from_id, to: `/copies/${each.id}`,
      })),
  ];
  return Array.from({ length: 7 }, (_, ahead) => addDays(first, ahead)).map((day) => ({
    day,
    lines: lines.filter((each) => each.day === day).sort((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity) || one.id.localeCompare(other.id)),
  }));
}
