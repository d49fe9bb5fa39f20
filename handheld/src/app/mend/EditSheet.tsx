import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable, RowGone } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { SHAPES } from "../../wire";
import type { Kind, Shapes } from "../../wire/kinds";
import { Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField, WhenField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sayChoice } from "../words/choices";
import { choicesOf, sayField } from "../words/deeds";
import { sayProblem } from "../words/problems";
import { clockOf, dayOf, EARLIEST_DAY, instantOf } from "../words/times";
import { sendAgain, type Trouble } from "./items";

type Values = Readonly<Record<string, unknown>>;

interface Props {
  readonly trouble: Trouble;
  readonly title: string;
  readonly onClose: () => void;
}

/**
 * Any refused operation as a form, drawn from the shape of its action, so that a new collection can be mended without a
 * screen of its own. Fields without a name for people (ids) are sent as they were.
 */
export function EditSheet({ trouble, title, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const shape = (SHAPES as Shapes)[trouble.collection]?.actions[trouble.action];
  const draft = useDraft<Values>(`mend:${trouble.key}`, trouble.values);
  const [refused, setRefused] = useState<{ field: string | null; text: string } | null>(null);
  const values = draft.value ?? trouble.values;
  const fields = Object.entries(shape?.values ?? {}).filter(([name]) => sayField(name) !== null && isShown(name, trouble, shape?.required));
  const send = async () => {
    try {
      await sendAgain(workspace, trouble, values);
      draft.drop();
      say(i18n._("It is sent again."));
      onClose();
    } catch (error) {
      if (error instanceof NotSendable) setRefused({ field: error.field, text: sayProblem(error.code, error.params) });
      else if (error instanceof RowGone) setRefused({ field: null, text: i18n._("What it was about is not on this device any more. Should it come back, this can be sent again.") });
      else throw error;
    }
  };
  return (
    <Sheet
      title={title}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void send()}>
          {i18n._("Send again")}
        </Button>
      }
    >
      <Note tone="bad">{sayProblem(trouble.code, trouble.params)}</Note>
      {refused && refused.field === null && <Note tone="bad">{refused.text}</Note>}
      {fields.length === 0 && <p>{i18n._("There is nothing to change about it. If the reason is gone by now, send it again.")}</p>}
      {fields.map(([name, kind]) => (
        <ValueField
          key={name}
          name={name}
          kind={kind}
          value={values[name] ?? null}
          error={refused?.field === name ? refused.text : undefined}
          onChange={(value) => {
            setRefused(null);
            draft.set({ [name]: value });
          }}
        />
      ))}
    </Sheet>
  );
}

/** What was sent, what has to be, and what the refusal is about. */
function isShown(name: string, trouble: Trouble, required: readonly string[] = []): boolean {
  const about = typeof trouble.params.field === "string" && trouble.params.field.endsWith(`/${name}`);
  return name in trouble.values || required.includes(name) || about;
}

interface ValueProps {
  readonly name: string;
  readonly kind: Kind;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

function ValueField({ name, kind, value, error, onChange }: ValueProps) {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const label = sayField(name) ?? name;
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  switch (kind.type) {
    case "code":
      return (
        <Chips
          label={label}
          required={!kind.null}
          error={error}
          choices={kind.choices.map((each) => ({ value: each, text: sayChoice(choicesOf(name), each) }))}
          value={text === "" ? null : text}
          onChange={onChange}
        />
      );
    case "text": {
      const put = (typed: string) => {
        onChange(typed === "" && kind.null ? null : typed);
      };
      return kind.multiline ? (
        <TextField label={label} value={text} most={kind.max} error={error} onChange={put} />
      ) : (
        <LineField label={label} value={text} most={kind.max} error={error} onChange={put} />
      );
    }
    case "day":
      return (
        <WhenField
          kind="date"
          label={label}
          value={text}
          min={EARLIEST_DAY}
          error={error}
          onChange={(day) => {
            onChange(day === "" ? null : day);
          }}
        />
      );
    case "instant":
      return <InstantField label={label} value={typeof value === "number" ? value : null} zone={zone} error={error} onChange={onChange} />;
    case "integer":
      return (
        <LineField
          kind="decimal"
          label={label}
          value={text}
          error={error}
          onChange={(typed) => {
            const read = Number(typed);
            onChange(typed.trim() === "" || !Number.isSafeInteger(read) ? null : read);
          }}
        />
      );
    case "boolean":
      return (
        <Chips
          label={label}
          required
          error={error}
          choices={[
            { value: "yes", text: i18n._("yes") },
            { value: "no", text: i18n._("no") },
          ]}
          value={value === true ? "yes" : "no"}
          onChange={(choice) => {
            onChange(choice === "yes");
          }}
        />
      );
    case "id":
    case "json":
      return null;
  }
}

interface InstantProps {
  readonly label: string;
  readonly value: number | null;
  readonly zone: string;
  readonly error: string | undefined;
  readonly onChange: (value: number | null) => void;
}

function InstantField({ label, value, zone, error, onChange }: InstantProps) {
  const day = value === null ? "" : dayOf(value, zone);
  const clock = value === null ? "" : clockOf(value, zone);
  return (
    <>
      <WhenField
        kind="date"
        label={label}
        value={day}
        error={error}
        onChange={(next) => {
          onChange(next === "" ? null : instantOf(next, clock === "" ? "09:00" : clock, zone));
        }}
      />
      {value !== null && (
        <WhenField
          kind="time"
          label={i18n._("Time")}
          value={clock}
          onChange={(next) => {
            if (next !== "") onChange(instantOf(day, next, zone));
          }}
        />
      )}
    </>
  );
}
