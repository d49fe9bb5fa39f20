/** Grade by closing horizon and urgency, as docs/rules/customers.md has them (C30, C31). Pure. */
import type { Rows } from "../../wire";
import { addDays } from "../words/times";

type Customer = Rows["customers"];
export type Grade = NonNullable<Customer["grade"]>;
export type Urgency = "urgent" | "soon" | "later" | "slow";

/** What need and expected closing day speak for; null when they say too little. Days of the organisation. */
export function gradeByHorizon(need: Customer["need_level"], closeOn: string | null, today: string): Grade | null {
  if (need === "none") return "E";
  if (need === "latent") return "D";
  if (closeOn === null) return null;
  if (closeOn <= monthsAfter(today, 1)) return "A";
  if (closeOn <= monthsAfter(today, 3)) return "B";
  return closeOn <= monthsAfter(today, 6) ? "C" : "D";
}

export function urgencyOf(closeOn: string | null, today: string): Urgency | null {
  if (closeOn === null) return null;
  if (closeOn <= addDays(today, 7)) return "urgent";
  if (closeOn <= monthsAfter(today, 1)) return "soon";
  return closeOn <= monthsAfter(today, 3) ? "later" : "slow";
}

/** The same day some months later, or that month's last. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** What a stage says about the deal. */
export function dealOfStage(stage: Customer["stage"]): Customer["deal"] {
  if (stage === "won" || stage === "negotiating") return stage;
  return stage === "lost" || stage === "dead" ? "lost" : "potential";
}
