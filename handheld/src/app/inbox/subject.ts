/** What a notice is about, where this device knows it: several notices of one kind are told apart by it. */
import type { Reader } from "../../device/api";
import { sayMoney } from "../words/money";
import type { Notice } from "./order";

/** A line below the notice; null when there is nothing to add. */
export async function subjectOf(read: Reader, { subject_collection: collection, subject_id: id }: Notice): Promise<string | null> {
  if (id === null) return null;
  switch (collection) {
    case "approvals": {
      const part = await read.get("approvals", id);
      return part ? `${part.title} · ${sayMoney(part.amount_minor, part.currency)}` : null;
    }
    case "expense_claims": {
      const claim = await read.get("expense_claims", id);
      return claim ? `${claim.title} · ${sayMoney(claim.total_minor, claim.currency)}` : null;
    }
    case "opportunities": {
      const row = await read.get("opportunities", id);
      if (!row) return null;
      return row.amount_minor === null ? row.title : `${row.title} · ${sayMoney(row.amount_minor, row.currency)}`;
    }
    case "follow_ups":
      return (await read.get("follow_ups", id))?.text ?? null;
    case "questions":
      return (await read.get("questions", id))?.text ?? null;
    case "tasks":
      return (await read.get("tasks", id))?.text ?? null;
    case "copies": {
      const copy = await read.get("copies", id);
      return copy && copy.visit_id === null ? copy.text : null;
    }
    case null:
    default:
      return null;
  }
}
