import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { AmountField } from "../expenses/AmountField";
import Button from "../parts/Button";
import { LineField, WhenField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import type { Opportunity } from "../rows/opportunities";
import { decimal, digitsOf, parseMoney } from "../words/money";

interface Props {
  readonly opportunity: Opportunity;
  readonly currency: string;
  readonly onClose: () => void;
}

/** Title, amount and when it is expected to close. */
export function EditOpportunity({ opportunity, currency, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `opportunity:edit:${opportunity.id}`;
  const was = {
    title: opportunity.title,
    amount_minor: opportunity.amount_minor ?? null,
    expected_close_on: opportunity.expected_close_on ?? null,
  };
  const before = {
    title: was.title,
    amount: was.amount_minor === null ? "" : decimal(was.amount_minor, digitsOf(currency)),
    closes: was.expected_close_on ?? "",
  };
  const draft = useDraft(name, before);
  const form = draft.value ?? before;
  const amount = form.amount === "" ? null : parseMoney(form.amount, currency);
  const put = (values: typeof was) =>
    workspace.act(
      (group) => {
        group.update("opportunities", opportunity.id, values);
      },
      { draft: name },
    );
  const keep = async () => {
    await put({ title: form.title.trim(), amount_minor: amount, expected_close_on: form.closes === "" ? null : form.closes });
    say(i18n._("Kept."), () => void put(was));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Edit")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" disabled={form.title.trim() === "" || (form.amount !== "" && amount === null)} onClick={() => void keep()}>
          {i18n._("Keep")}
        </Button>
      }
    >
      <LineField label={i18n._("What")} value={form.title} most={120} onChange={(title) => {
        draft.set({ title });
      }} />
      <AmountField value={form.amount} currency={currency} open={false} onChange={(typed) => {
        draft.set({ amount: typed });
      }} />
      <WhenField kind="date" label={i18n._("Expected to close")} value={form.closes} onChange={(closes) => {
        draft.set({ closes });
      }} />
    </Sheet>
  );
}
