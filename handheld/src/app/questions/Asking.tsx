import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { TextField } from "../parts/Field";
import { useSnack } from "../parts/snack";
import { useMay } from "../rights/useRights";
import { sayProblem } from "../words/problems";
import { QuestionRow } from "./QuestionsScreen";

/** As long as the server takes it. */
const MOST = 1000;

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Within a sheet about a call or a reception: what was asked there and goes to the department. */
export function QuestionField({ value, onChange }: FieldProps) {
  const mayAsk = useMay("questions.write");
  if (!mayAsk) return null;
  return (
    <TextField
      label={i18n._("A question you cannot answer (optional)")}
      value={value}
      most={MOST}
      placeholder={i18n._("It goes to your department")}
      onChange={onChange}
    />
  );
}

/** What a customer asked, on a visit or without one; with one tap it goes to whoever can answer. */
export function Asking({ customer, visit }: { readonly customer: string; readonly visit?: string }) {
  const questions = useLive((read) => read.where("questions", "customer_id", customer), [customer]);
  const mayAsk = useMay("questions.write");
  if (!questions || (questions.length === 0 && !mayAsk)) return null;
  return (
    <Block title={i18n._("Customer's questions")}>
      {questions.map((each) => (
        <QuestionRow key={each.id} question={each} />
      ))}
      {mayAsk && <Writing customer={customer} visit={visit} />}
    </Block>
  );
}

function Writing({ customer, visit }: { readonly customer: string; readonly visit: string | undefined }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `asking:${customer}`;
  const draft = useDraft(form, { text: "" });
  const text = draft.value?.text ?? "";
  const [open, setOpen] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const keep = async (cannot_answer: boolean) => {
    try {
      const id = await workspace.act(
        (group) =>
          group.create("questions", {
            customer_id: customer,
            ...(visit === undefined ? {} : { visit_id: visit }),
            text: text.trim(),
            asked_at: Date.now(),
            cannot_answer,
          }),
        { draft: form },
      );
      draft.drop();
      setOpen(false);
      say(cannot_answer ? i18n._("Kept. It goes to your department.") : i18n._("Question kept."), () => void withdraw(id));
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
    }
  };
  const withdraw = (id: string) =>
    workspace.act((group) => {
      group.act("questions", "withdraw", id, {}, { state: "withdrawn" });
    });
  if (!open && text === "") {
    return (
      <Button
        fill="outline"
        onClick={() => {
          setOpen(true);
        }}
      >
        {i18n._("Note a question")}
      </Button>
    );
  }
  return (
    <>
      <TextField
        label={i18n._("What was asked")}
        value={text}
        most={MOST}
        onChange={(typed) => {
          setRefused(null);
          draft.set({ text: typed });
        }}
      />
      {refused !== null && <Note tone="bad">{refused}</Note>}
      <Button color="primary" disabled={text.trim() === ""} onClick={() => void keep(true)}>
        {i18n._("I cannot answer: ask the department")}
      </Button>
      <Button fill="outline" disabled={text.trim() === ""} onClick={() => void keep(false)}>
        {i18n._("I answer it myself later")}
      </Button>
    </>
  );
}
