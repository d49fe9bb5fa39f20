/** Day plans on screen (docs/rules/fieldwork.md, F1). Pure but for reading. */
import type { Reader, Shown } from "../../device/api";

export type DayPlan = Shown<"day_plans">;

export const isOpenPlan = (state: DayPlan["state"]): boolean => state === "draft" || state === "sent";

/** The plan of a person's day: of several, one that is open, that was sent, and was made last comes first. */
export async function planOf(read: Reader, day: string, person: string): Promise<DayPlan | undefined> {
  const found = await read.where("day_plans", "plan_on", day);
  const mine = found.filter((each) => ((each.owner_id as string | undefined) ?? person) === person);
  return mine.sort((one, other) => rank(one) - rank(other) || other.id.localeCompare(one.id))[0];
}

/** One made here has no state before the server has answered. */
const ORDER: readonly (string | undefined)[] = ["sent", undefined, "draft", "done", "cancelled"];

const rank = (plan: DayPlan): number => ORDER.indexOf(plan.state);
