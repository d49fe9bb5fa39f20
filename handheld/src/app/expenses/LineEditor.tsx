import Button from "../parts/Button";
import { useState, type ReactNode } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import type { ExpenseLine } from "../rows/expenses";
import { useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import type { FaultField } from "./evidence";
import { blank, checked, formOf, save, type LineForm } from "./line_form";
import { LineFields } from "./LineFields";
import { sayMonth } from "./words";

interface Props {
  readonly title: string;
  readonly back: string;
  /** The claim it goes into; null begins one. */
  readonly claim: string | null;
  /** Under which what is typed is kept. */
  readonly draft: string;
  /** The expense that is changed; null for a new one. */
  readonly line: ExpenseLine | null;
  /** What the rules say is missing, by field. */
  readonly faults: Partial<Record<FaultField, string>>;
  readonly onSaved: (claim: string) => void;
  readonly children?: ReactNode;
}

/** One expense, new or to be changed. What is typed is kept; saving needs an amount and what it was for, and nothing else. */
export function LineEditor({ title, back, claim, draft, line, faults, onSaved, children }: Props) {
  const workspace = useWorkspace();
  const today = useToday();
  const { currency } = workspace.person.organisation;
  const form = useDraft<LineForm>(draft, line ? formOf(line, currency) : blank(today));
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const [saving, setSaving] = useState(false);
  if (!form.value) return null;
  const { value } = form;

  const keep = async () => {
    const known = checked(value, currency);
    if ("missing" in known) {
      setErrors({ [known.missing]: known.missing === "amount" ? i18n._("Enter the amount.") : i18n._("Choose what it was for.") });
      return;
    }
    setSaving(true);
    try {
      onSaved(await save(workspace, { claim, line, draft, title: sayMonth(value.spent_on) }, value, known));
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setErrors({ [error.field ?? "form"]: sayProblem(error.code, error.params) });
      setSaving(false);
    }
  };

  return (
    <Screen
      title={title}
      back={back}
      foot={
        <Button color="primary" size="large" block loading={saving} onClick={() => void keep()}>
          {i18n._("Save the expense")}
        </Button>
      }
    >
      {errors["form"] !== undefined && <Note tone="bad">{errors["form"]}</Note>}
      <LineFields
        form={value}
        isNew={line === null}
        errors={{ ...faults, ...errors }}
        set={(change) => {
          setErrors({});
          form.set(change);
        }}
      />
      {children}
    </Screen>
  );
}
