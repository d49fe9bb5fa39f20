/** What colleagues show one of their work: visits one takes part in, plans and tasks copied to one (docs/rules/fieldwork.md, F14). */
import type { Reader, Shown } from "../../device/api";

export type Copy = Shown<"copies">;

/** A visit of a plan that was copied. Times in milliseconds. */
export interface CopiedLine {
  readonly id: string;
  readonly customer_name: string | null;
  readonly place: string | null;
  readonly text: string | null;
  readonly start_at: number | null;
  readonly state: string;
}

export const linesOf = (copy: Copy): readonly CopiedLine[] => (Array.isArray(copy.lines) ? (copy.lines as CopiedLine[]) : []);

/** Visits of colleagues that a person takes part in, on these days; by day and time. His own he sees anyway. */
export async function takenAlong(read: Reader, from: string, to: string, person: string): Promise<Copy[]> {
  const found = await read.between("copies", "day_on", from, to);
  return found
    .filter((each) => each.visit_id !== null && each.from_id !== person)
    .sort((one, other) => one.day_on.localeCompare(other.day_on) || (one.start_at ?? Infinity) - (other.start_at ?? Infinity));
}
