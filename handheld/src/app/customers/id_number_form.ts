/** An identity number as it is typed, and what of it is sent. Pure. */
import { canBear, idNumberOf } from "../words/id_numbers";
import { sayProblem } from "../words/problems";
import type { Customer } from "./directory";

/** Why it cannot be his, in words. Nothing is said of none. */
export function idNumberRefusal(typed: string, kind: Customer["kind"]): string | undefined {
  if (typed.trim() === "") return undefined;
  const number = idNumberOf(typed);
  return number !== null && canBear(number, kind) ? undefined : sayProblem("customers.id-number-invalid");
}

/** As it is sent, so that a row made here is compared like the server's; null when there is none. */
export const idNumberSent = (typed: string): string | null => (typed.trim() === "" ? null : idNumberOf(typed));
