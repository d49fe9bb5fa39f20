/** One expense while it is typed, and what saving it does. */
import type { Workspace } from "../../device/api";
import type { ExpenseLine } from "../rows/expenses";
import { decimal, digitsOf, parseMoney } from "../words/money";
import { AMOUNT_MOST, type LineKind } from "./evidence";

export interface LineForm {
  readonly kind: LineKind | null;
  /** As typed, such as “46.5”. */
  readonly amount: string;
  readonly spent_on: string;
  readonly customer_id: string | null;
  readonly visit_id: string | null;
  readonly description: string;
  readonly progress: string;
  readonly key_value: string;
  readonly receipt_sha256: string | null;
}

export const blank = (today: string): LineForm => ({
  kind: null, amount: "", spent_on: today, customer_id: null, visit_id: null, description: "", progress: "", key_value: "",
  receipt_sha256: null,
});

export const formOf = (line: ExpenseLine, currency: string): LineForm => ({
  kind: line.kind,
  amount: decimal(line.amount_minor, digitsOf(currency)),
  spent_on: line.spent_on,
  customer_id: line.customer_id ?? null,
  visit_id: line.visit_id ?? null,
  description: line.description ?? "",
  progress: line.progress ?? "",
  key_value: line.key_value ?? "",
  receipt_sha256: line.receipt_sha256 ?? null,
});

export interface Checked {
  readonly kind: LineKind;
  readonly amount_minor: number;
}

/** What has to be there before it can be kept at all; the rest is only needed before the claim is submitted. */
export function checked(form: LineForm, currency: string): Checked | { readonly missing: "kind" | "amount" } {
  const amount = parseMoney(form.amount.replace(/\.$/, ""), currency);
  if (amount === null || amount < 1 || amount > AMOUNT_MOST) return { missing: "amount" };
  return form.kind === null ? { missing: "kind" } : { kind: form.kind, amount_minor: amount };
}

const textOf = (typed: string) => (typed.trim() === "" ? null : typed.trim());

interface Place {
  /** null: a claim of this title is begun with it. */
  readonly claim: string | null;
  readonly title: string;
  readonly line: ExpenseLine | null;
  readonly draft: string;
}

/** Keeps the expense with its claim in one go. Returns the claim's id. */
export function save(workspace: Workspace, { claim, title, line, draft }: Place, form: LineForm, known: Checked): Promise<string> {
  const values = {
    kind: known.kind,
    amount_minor: known.amount_minor,
    spent_on: form.spent_on,
    customer_id: form.customer_id,
    visit_id: form.visit_id,
    description: textOf(form.description),
    progress: textOf(form.progress),
    key_value: textOf(form.key_value),
    receipt_sha256: form.receipt_sha256,
  };
  return workspace.act(
    (group) => {
      if (line) {
        const different = changed(line, values);
        if (Object.keys(different).length > 0) group.update("expense_lines", line.id, different);
        return line.claim_id;
      }
      const id = claim ?? group.create("expense_claims", { title });
      group.create("expense_lines", { claim_id: id, ...values });
      return id;
    },
    { draft },
  );
}

/** Only what is different, so that a field which another device changed is not put back. */
function changed<V extends object>(line: ExpenseLine, values: V): Partial<V> {
  const before = line as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => (before[name] ?? null) !== value)) as Partial<V>;
}
