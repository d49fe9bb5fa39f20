/**
 * How a request stands for the person who is asked. A decision made here is only a wish until the server has confirmed it:
 * somebody may have been first, it may have changed, a limit may be passed. Pure.
 */
import type { OwnOperation, Shown } from "../../device/api";
import type { Trouble } from "../mend/items";

export const ANSWERS = ["approve", "return", "reject"] as const;
export type Answer = (typeof ANSWERS)[number];

export type Standing =
  /** It waits for him. refused: what he had decided before and why it was not taken. */
  | { readonly kind: "open"; readonly refused: Refusal | null }
  /** He decided; the server has not said anything yet. */
  | { readonly kind: "unconfirmed"; readonly answer: Answer }
  /** Confirmed, or it went on without him. */
  | { readonly kind: "settled"; readonly state: Shown<"approvals">["state"]; readonly refused: Refusal | null };

/** A decision that was not taken, on this device or on another one of his. */
export interface Refusal {
  readonly answer: Answer;
  readonly trouble: Trouble;
}

const isAnswer = (action: string): action is Answer => (ANSWERS as readonly string[]).includes(action);

/** own: his operations on the row. troubles: all that was refused of his. */
export function standingOf(
  row: Pick<Shown<"approvals">, "id" | "state">,
  own: readonly Pick<OwnOperation, "action">[],
  troubles: readonly Trouble[],
): Standing {
  const decided = own.findLast((each) => isAnswer(each.action));
  if (decided && isAnswer(decided.action) && row.state === "waiting") return { kind: "unconfirmed", answer: decided.action };
  const trouble = troubles.findLast((each) => each.collection === "approvals" && each.row === row.id);
  const refused = trouble && isAnswer(trouble.action) ? { answer: trouble.action, trouble } : null;
  return row.state === "waiting" ? { kind: "open", refused } : { kind: "settled", state: row.state, refused };
}
