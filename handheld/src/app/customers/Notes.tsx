import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { MentionField, NOTHING_WRITTEN } from "../comments/MentionField";
import { stillNamed } from "../comments/mentions";
import { Said } from "../comments/Said";
import { Block } from "../parts/Block";
import { listOf } from "../people/list";
import css from "./customers.module.css";

/** Remarks about a customer with their answers, newest first. They stay when their author leaves. */
export function Notes({ customer }: { readonly customer: string }) {
  const notes = useLive((read) => read.where("notes", "customer_id", customer), [customer]);
  const [answering, setAnswering] = useState<string | null>(null);
  if (!notes) return null;
  const first = notes.filter((each) => (each.reply_to ?? null) === null).reverse();
  return (
    <Block title={i18n._("Notes")}>
      <Writing customer={customer} replyTo={null} onDone={() => undefined} />
      {first.map((note) => (
        <div key={note.id} className={css.note}>
          <Said remark={note}>
            <button
              type="button"
              onClick={() => {
                setAnswering(answering === note.id ? null : note.id);
              }}
            >
              {i18n._("Answer")}
            </button>
          </Said>
          {notes
            .filter((each) => each.reply_to === note.id)
            .map((answer) => (
              <div key={answer.id} className={css.note}>
                <Said remark={answer} />
              </div>
            ))}
          {answering === note.id && (
            <Writing
              customer={customer}
              replyTo={note.id}
              onDone={() => {
                setAnswering(null);
              }}
            />
          )}
        </div>
      ))}
    </Block>
  );
}

interface WritingProps {
  readonly customer: string;
  readonly replyTo: string | null;
  readonly onDone: () => void;
}

function Writing({ customer, replyTo, onDone }: WritingProps) {
  const workspace = useWorkspace();
  const form = `note:${customer}:${replyTo ?? "new"}`;
  const draft = useDraft(form, NOTHING_WRITTEN);
  const value = draft.value ?? NOTHING_WRITTEN;
  const { text, mentions } = value;
  const keep = async () => {
    await workspace.act(
      (group) => {
        const named = listOf(stillNamed(text, mentions).map(({ id }) => id));
        group.create("notes", { customer_id: customer, text: text.trim(), reply_to: replyTo, mentions: named, written_at: Date.now() });
      },
      { draft: form },
    );
    draft.drop();
    onDone();
  };
  return (
    <>
      <MentionField label={replyTo === null ? i18n._("New note") : i18n._("Answer")} value={value} most={4000} onChange={draft.set} />
      {text.trim() !== "" && (
        <Button color="primary" onClick={() => void keep()}>
          {replyTo === null ? i18n._("Keep the note") : i18n._("Send the answer")}
        </Button>
      )}
    </>
  );
}
