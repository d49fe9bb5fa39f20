import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import Button from "../parts/Button";
import { TextField } from "../parts/Field";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import { sayDayWithin } from "../words/times";

interface Form {
  readonly text: string;
  readonly step: string;
  readonly day: string | null;
}

const EMPTY: Form = { text: "", step: "", day: null };

/** What was said, and what comes next: a contact is not kept without it. The rest appears once something is typed. */
export function ContactForm({ opportunity, today }: { readonly opportunity: string; readonly today: string }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `opportunity-contact:${opportunity}`;
  const draft = useDraft<Form>(name, EMPTY);
  const { text, step, day } = draft.value ?? EMPTY;
  const keep = async (next_step_on: string) => {
    await workspace.act(
      (group) => {
        const said = { opportunity_id: opportunity, text: text.trim(), contacted_at: Date.now() };
        group.create("opportunity_contacts", { ...said, next_step: step.trim(), next_step_on });
      },
      { draft: name },
    );
    draft.drop();
    say(i18n._("Kept. Next step: {day}.", { day: sayDayWithin(next_step_on, today) }));
  };
  return (
    <>
      <TextField label={i18n._("What was said")} value={text} most={2000} onChange={(typed) => {
        draft.set({ text: typed });
      }} />
      {text.trim() !== "" && (
        <>
          <TextField label={i18n._("Next step")} value={step} most={500} onChange={(typed) => {
            draft.set({ step: typed });
          }} />
          <WhenChips label={i18n._("When")} today={today} value={day} onChange={(next) => {
            draft.set({ day: next });
          }} />
          <Button color="primary" disabled={step.trim() === "" || day === null} onClick={() => void (day !== null && keep(day))}>
            {i18n._("Keep the contact")}
          </Button>
        </>
      )}
    </>
  );
}
