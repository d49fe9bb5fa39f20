/** What whoever takes a customer over has to know, from what the device holds. Pure. */
import type { Shown } from "../../device/api";
import { isOpen as isFollowUpOpen, type FollowUp } from "../rows/follow_ups";
import { isOpen as isOpportunityOpen, type Opportunity } from "../rows/opportunities";
import { isOpenTask, type Task } from "../rows/tasks";
import { dayOn, stateOf, type Visit } from "../rows/visits";
import { dayOf } from "../words/times";

/** What a colleague thought of somebody after a reception or a visit (domain row 177). day: of the organisation. */
export interface Impression {
  readonly id: string;
  readonly day: string;
  readonly by: string | null;
  readonly text: string;
}

/** All that were noted, the newest first. */
export function impressionsOf(receptions: readonly Shown<"receptions">[], visits: readonly Visit[], zone: string, now: number): Impression[] {
  const noted = [
    ...receptions.map((row) => ({ id: row.id, day: dayOf(row.received_at, zone), by: row.received_by, text: row.impression })),
    ...visits.map((row) => ({ id: row.id, day: dayOn(row, zone, now), by: row.owner_id, text: row.impression })),
  ];
  return noted
    .flatMap(({ id, day, by, text }) => (text ? [{ id, day, by: (by as string | undefined) ?? null, text }] : []))
    .sort((one, other) => other.day.localeCompare(one.day) || other.id.localeCompare(one.id));
}

/** Something agreed or asked for that nobody has done yet. by: whose it is, null where the device does not say. */
export interface Open {
  readonly id: string;
  readonly kind: "opportunity" | "visit" | "follow_up" | "task";
  readonly day: string;
  readonly by: string | null;
  readonly text: string;
  readonly to: string | null;
}

interface Doings {
  readonly visits: readonly Visit[];
  readonly followUps: readonly FollowUp[];
  readonly tasks: readonly Task[];
  readonly opportunities: readonly Opportunity[];
}

/** All of it, what comes first at the top. */
export function openOf({ visits, followUps, tasks, opportunities }: Doings, zone: string, now: number): Open[] {
  const open: Open[] = [
    ...opportunities.filter(isOpportunityOpen).map((row): Open => ({
      id: row.id, kind: "opportunity", day: row.next_step_on, by: (row.owner_id as string | undefined) ?? null,
      text: `${row.title}: ${row.next_step}`, to: `/opportunities/${row.id}`,
    })),
    ...visits.filter((row) => stateOf(row) === "planned").map((row): Open => ({
      id: row.id, kind: "visit", day: dayOn(row, zone, now), by: (row.owner_id as string | undefined) ?? null,
      text: row.purpose ?? "", to: `/visits/${row.id}`,
    })),
    ...followUps.filter(isFollowUpOpen).map((row): Open => ({
      id: row.id, kind: "follow_up", day: row.due_on, by: (row.assignee_id as string | undefined) ?? null, text: row.text, to: null,
    })),
    ...tasks.filter(isOpenTask).map((row): Open => ({
      id: row.id, kind: "task", day: row.due_on, by: (row.assignee_id as string | undefined) ?? null, text: row.text, to: `/tasks/${row.id}`,
    })),
  ];
  return open.sort((one, other) => one.day.localeCompare(other.day) || one.id.localeCompare(other.id));
}
