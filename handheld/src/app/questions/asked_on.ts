/** A question that was asked in a call or at a reception. Pure. */
import type { Group } from "../../device/api";

type Where = { readonly activity_id: string } | { readonly reception_id: string };

/** One more operation in the group of what it was asked on: for the department. Nothing typed, nothing asked. */
export function askOn(group: Group, customer_id: string, where: Where, typed: string | undefined): void {
  const text = (typed ?? "").trim();
  if (text !== "") group.create("questions", { customer_id, ...where, text, asked_at: Date.now(), cannot_answer: true });
}
