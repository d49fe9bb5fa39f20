import Button from "../parts/Button";
import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { TextField } from "../parts/Field";
import { Tag } from "../parts/Tag";
import { useNow } from "../words/now";
import { useNames } from "../rows/staff";
import { sayInstant } from "../words/times";
import { listOf, peopleOf } from "../people/list";
import { MentionOffer } from "./MentionOffer";
import { marked, stillNamed, withMention, type Named } from "./mentions";
import css from "./customers.module.css";

type Note = Shown<"notes">;

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
          <Said note={note} onAnswer={() => {
            setAnswering(note.id);
          }} />
          {notes
            .filter((each) => each.reply_to === note.id)
            .map((answer) => (
              <div key={answer.id} className={css.note}>
                <Said note={answer} />
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

function Said({ note, onAnswer }: { readonly note: Note; readonly onAnswer?: () => void }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const named = peopleOf(note.mentions).map((id) => ({ id, name: id === person.user.id ? person.user.name : nameOf(id) }));
  const strangers = peopleOf(note.untold);
  const by = (note.written_by as string | undefined) ?? person.user.id;
  const at = (note.written_at as number | undefined) ?? (note.created_at);
  return (
    <>
      <p className={css.noteText}>
        {marked(note.text, named).map((each, place) => (each.isName ? <strong key={place}>{each.text}</strong> : each.text))}
      </p>
      {strangers.length > 0 && (
        <p className={css.untold}>
          {i18n._("Not told, for the customer is not theirs to see: {names}", { names: strangers.map(nameOf).join(" · ") })}
        </p>
      )}
      <div className={css.by}>
        <span>
          {nameOf(by)}
          {at !== undefined && ` · ${sayInstant(at, now, person.organisation.timezone)}`}
        </span>
        {note.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        {onAnswer && (
          <button type="button" onClick={onAnswer}>
            {i18n._("Answer")}
          </button>
        )}
      </div>
    </>
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
  const draft = useDraft<{ text: string; mentions: readonly Named[] }>(form, { text: "", mentions: [] });
  const { text, mentions } = draft.value ?? { text: "", mentions: [] };
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
      <TextField
        label={replyTo === null ? i18n._("New note") : i18n._("Answer")}
        value={text}
        placeholder={i18n._("@ and a name tells a colleague")}
        most={4000}
        onChange={(next) => {
          draft.set({ text: next });
        }}
      />
      <MentionOffer
        text={text}
        onChoose={(chosen) => {
          draft.set({ text: withMention(text, chosen.name), mentions: [...mentions.filter(({ id }) => id !== chosen.id), chosen] });
        }}
      />
      {text.trim() !== "" && (
        <Button color="primary" onClick={() => void keep()}>
          {replyTo === null ? i18n._("Keep the note") : i18n._("Send the answer")}
        </Button>
      )}
    </>
  );
}
