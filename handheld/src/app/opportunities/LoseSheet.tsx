import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import type { Opportunity } from "../rows/opportunities";
import { useToday } from "../words/now";
import { lossReasons, type LossReason } from "./words";

interface Form {
  readonly reason: LossReason | null;
  readonly competitor: string;
  readonly note: string;
}

const EMPTY: Form = { reason: null, competitor: "", note: "" };

/** Why it was lost; without a reason it is not. */
export function LoseSheet({ opportunity, onClose }: { readonly opportunity: Opportunity; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const name = `opportunity:lose:${opportunity.id}`;
  const draft = useDraft<Form>(name, EMPTY);
  const form = draft.value ?? EMPTY;
  const reopen = () =>
    workspace.act((group) => {
      group.act("opportunities", "reopen", opportunity.id, {}, { state: "open", reason: null, closed_on: null, closed_by: null });
    });
  const keep = async (reason: LossReason) => {
    const values = {
      reason,
      competitor: form.competitor.trim() === "" ? null : form.competitor.trim(),
      closing_note: form.note.trim() === "" ? null : form.note.trim(),
      closed_on: today,
    };
    await workspace.act(
      (group) => {
        group.act("opportunities", "lose", opportunity.id, values, { ...values, state: "lost", closed_by: workspace.person.user.id });
      },
      { draft: name },
    );
    say(i18n._("Lost. The reason is kept."), () => void reopen());
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Why was it lost?")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" disabled={form.reason === null} onClick={() => void (form.reason !== null && keep(form.reason))}>
          {i18n._("Lost")}
        </Button>
      }
    >
      <Chips label={i18n._("Reason")} choices={lossReasons()} value={form.reason} onChange={(reason) => {
        draft.set({ reason });
      }} />
      <LineField label={i18n._("Competitor (optional)")} value={form.competitor} most={60} onChange={(competitor) => {
        draft.set({ competitor });
      }} />
      <TextField label={i18n._("Note (optional)")} value={form.note} most={500} onChange={(note) => {
        draft.set({ note });
      }} />
    </Sheet>
  );
}
