import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { CallButton } from "../customers/CallButton";
import { Fact, Facts } from "../parts/Block";
import { TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import type { FollowUp } from "../rows/follow_ups";
import { sayDay, sayDayWithin } from "../words/times";

interface Props {
  readonly followUp: FollowUp;
  readonly today: string;
  readonly onClose: () => void;
}

/** Do a follow-up, put it off, or call. */
export function FollowUpSheet({ followUp, today, onClose }: Props) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const form = `follow-up:${followUp.id}`;
  const draft = useDraft(form, { note: "" });
  const phones = useLive((read) => read.where("customer_phones", "customer_id", followUp.customer_id), [followUp.customer_id]);
  const [later, setLater] = useState<string | null>(null);
  const note = draft.value?.note ?? "";

  const complete = async () => {
    const done_note = note.trim() === "" ? null : note;
    await workspace.act(
      (group) => {
        group.act("follow_ups", "complete", followUp.id, { done_at: Date.now(), done_note }, { state: "done", done_note });
      },
      { draft: form },
    );
    say(i18n._("Followed up."));
    onClose();
  };
  const move = async (due_on: string) => {
    const before = followUp.due_on;
    const set = (day: string) => workspace.act((group) => {
      group.update("follow_ups", followUp.id, { due_on: day });
    });
    await set(due_on);
    say(i18n._("Moved to {day}.", { day: sayDayWithin(due_on, today) }), () => void set(before));
    onClose();
  };
  return (
    <Sheet
      title={followUp.customer_name}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void (later === null ? complete() : move(later))}>
          {later === null ? i18n._("Mark as done") : i18n._("Move to {day}", { day: sayDayWithin(later, today) })}
        </Button>
      }
    >
      <Facts>
        <Fact name={i18n._("What")}>{followUp.text}</Fact>
        <Fact name={i18n._("Due")}>{sayDay(followUp.due_on, today)}</Fact>
      </Facts>
      <CallButton phones={phones ?? []} />
      <TextField
        label={i18n._("What came of it (optional)")}
        value={note}
        most={1000}
        onChange={(text) => {
          draft.set({ note: text });
        }}
      />
      <WhenChips label={i18n._("Put it off")} today={today} value={later} onChange={setLater} />
      <Button
        fill="outline"
        block
        onClick={() => {
          navigate(`/customers/${followUp.customer_id}`);
        }}
      >
        {i18n._("Open the customer")}
      </Button>
    </Sheet>
  );
}
