import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import { askOn } from "../questions/asked_on";
import { QuestionField } from "../questions/Asking";
import { useToday } from "../words/now";
import { activityKinds, channels, sayOwnKind, type Activity } from "./words";

interface Form {
  readonly channel: Activity["channel"];
  /** One of the seven, or the id of one of the organisation's own. */
  readonly kind: string;
  readonly text: string;
  readonly day: string | null;
  readonly next: string;
  readonly nothing: string;
  /** What he asked and nobody here knows; not in drafts of an earlier version. */
  readonly question?: string;
}

const BLANK: Form = { channel: "call_out", kind: "presales", text: "", day: null, next: "", nothing: "" };

interface Props {
  readonly customer: string;
  readonly onClose: () => void;
}

/** How a call or another contact went, and what is next: channel and kind are chosen already, so it takes a sentence and a tap. */
export function LogSheet({ customer, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const [refused, setRefused] = useState(false);
  const own = useLive((read) => read.all("activity_types"), []) ?? [];
  const form = `activity:${customer}`;
  const draft = useDraft<Form>(form, BLANK);
  const said = draft.value ?? BLANK;
  const kinds = activityKinds();
  const keep = async () => {
    if (said.text.trim() === "") {
      setRefused(true);
      return;
    }
    const seven = kinds.find((each) => each.value === said.kind);
    const follows = said.day !== null;
    await workspace.act(
      (group) => {
        const activity = group.create("activities", {
          customer_id: customer,
          channel: said.channel,
          at: Date.now(),
          text: said.text.trim(),
          ...(seven ? { kind: seven.value } : { kind: "own" as const, type_id: said.kind }),
          ...(follows || said.nothing.trim() === "" ? {} : { nothing_next: said.nothing.trim() }),
        });
        askOn(group, customer, { activity_id: activity }, said.question);
        if (said.day !== null) {
          const text = said.next.trim() === "" ? i18n._("Be in touch again") : said.next.trim();
          group.create("follow_ups", { customer_id: customer, due_on: said.day, text });
        }
      },
      { draft: form },
    );
    say(follows ? i18n._("Logged, and what is next is kept.") : i18n._("Logged."));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("How did it go?")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void keep()}>
          {i18n._("Log it")}
        </Button>
      }
    >
      <TextField
        label={i18n._("What was said or done")}
        most={4000}
        value={said.text}
        error={refused && said.text.trim() === "" ? i18n._("Write a word about it.") : undefined}
        onChange={(text) => {
          draft.set({ text });
        }}
      />
      <Chips
        label={i18n._("How")}
        required
        choices={channels()}
        value={said.channel}
        onChange={(channel) => {
          if (channel !== null) draft.set({ channel });
        }}
      />
      <WhenChips
        label={i18n._("In touch again")}
        today={today}
        value={said.day}
        onChange={(day) => {
          draft.set({ day });
        }}
      />
      {said.day === null ? (
        <LineField
          label={i18n._("Or why nothing follows (optional)")}
          most={200}
          value={said.nothing}
          onChange={(nothing) => {
            draft.set({ nothing });
          }}
        />
      ) : (
        <LineField
          label={i18n._("What is to be done then")}
          most={500}
          value={said.next}
          onChange={(next) => {
            draft.set({ next });
          }}
        />
      )}
      <QuestionField
        value={said.question ?? ""}
        onChange={(question) => {
          draft.set({ question });
        }}
      />
      <Chips
        label={i18n._("Kind of contact")}
        required
        choices={[
          ...kinds,
          ...own.filter((each) => each.state === "active").map((each) => ({ value: each.id, text: sayOwnKind(each) })),
        ]}
        value={said.kind}
        onChange={(kind) => {
          if (kind !== null) draft.set({ kind });
        }}
      />
    </Sheet>
  );
}
