/** The expenses that one looks like: named by the server to whoever decides, found on the device by its owner. Pure but for reading. */
import type { Reader } from "../../device/api";
import type { ExpenseLine } from "../rows/expenses";
import { stateOf, type Claim } from "../rows/expenses";

/** Another expense: its claim, its line where it is known, whose it is. */
export interface Like {
  readonly claim: string;
  readonly line: string | null;
  readonly owner: string;
}

/** What is compared of an expense. */
export type Compared = Pick<ExpenseLine, "id" | "kind" | "amount_minor" | "spent_on" | "receipt_sha256">;

/** One of them, with what of it this person may see: both undefined when it is not on this device. */
export interface Found {
  readonly like: Like;
  readonly claim: Claim | undefined;
  readonly line: ExpenseLine | undefined;
}

/** As docs/rules/expenses.md, E5, has it, of what is on this device; drafts and what was withdrawn look like nothing. */
export function alike(line: Compared, others: readonly ExpenseLine[]): ExpenseLine[] {
  const sameReceipt = (other: ExpenseLine) => (line.receipt_sha256 ?? null) !== null && line.receipt_sha256 === other.receipt_sha256;
  const samePayment = (other: ExpenseLine) =>
    line.kind === other.kind && line.amount_minor === other.amount_minor && line.spent_on === other.spent_on;
  return others.filter((other) => other.id !== line.id && (sameReceipt(other) || samePayment(other)));
}

/** told: as the server named them; without it they are looked for. */
export async function findLikes(read: Reader, line: Compared, told: readonly Like[] | undefined): Promise<Found[]> {
  if (told) {
    return Promise.all(
      told.map(async (like) => ({
        like,
        claim: await read.get("expense_claims", like.claim),
        line: like.line === null ? undefined : await read.get("expense_lines", like.line),
      })),
    );
  }
  const found = await Promise.all(
    alike(line, await read.all("expense_lines")).map(async (other) => {
      const claim = await read.get("expense_claims", other.claim_id);
      return { like: { claim: other.claim_id, line: other.id, owner: other.owner_id }, claim, line: other };
    }),
  );
  return found.filter(({ claim }) => claim !== undefined && !["draft", "withdrawn"].includes(stateOf(claim)));
}
