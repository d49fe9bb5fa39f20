/** What is to be done next, and when. */
import type { Reader, Shown } from "../../device/api";

export type FollowUp = Shown<"follow_ups">;

export const isOpen = (each: FollowUp): boolean => ((each.state as string | undefined) ?? "open") === "open";

const isOf = (each: FollowUp, person: string): boolean => ((each.assignee_id as string | undefined) ?? person) === person;

/** Earliest day first; on one day, those with a time first. */
export function byDue(one: FollowUp, other: FollowUp): number {
  return (
    one.due_on.localeCompare(other.due_on) ||
    (one.due_at ?? Number.POSITIVE_INFINITY) - (other.due_at ?? Number.POSITIVE_INFINITY) ||
    one.id.localeCompare(other.id)
  );
}

/** Open ones of a person that are due on this day; of today, those of earlier days too. */
export async function dueOn(read: Reader, day: string, today: string, person: string): Promise<FollowUp[]> {
  const found = await read.between("follow_ups", "due_on", day === today ? "2000-01-01" : day, day);
  return found.filter((each) => isOpen(each) && isOf(each, person)).sort(byDue);
}
