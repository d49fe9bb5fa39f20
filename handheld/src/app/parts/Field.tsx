import Input from "antd-mobile/es/components/input";
import TextArea from "antd-mobile/es/components/text-area";
import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import css from "./Field.module.css";

interface FrameProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** Why it is refused, in words; announced when it appears. */
  readonly error?: string | undefined;
}

interface TextProps extends FrameProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** Code points at most, as the server takes it. */
  readonly most?: number;
  readonly disabled?: boolean;
}

interface LineProps extends TextProps {
  readonly kind?: "text" | "password" | "tel" | "decimal" | "search";
  readonly autoComplete?: string;
  readonly onEnter?: () => void;
  readonly autoFocus?: boolean;
}

/** One line of text. */
export function LineField({ label, hint, error, value, onChange, most, kind = "text", onEnter, ...rest }: LineProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <Input
        id={id}
        className={css.input ?? ""}
        type={kind === "decimal" ? "text" : kind}
        inputMode={kind === "decimal" ? "decimal" : kind === "tel" ? "tel" : "text"}
        autoCapitalize="off"
        autoCorrect="off"
        value={value}
        onChange={onChange}
        {...described(id, hint, error)}
        {...(most === undefined ? {} : { maxLength: most })}
        enterKeyHint={onEnter === undefined ? "next" : "go"}
        onEnterPress={(event) => {
          // Enter also takes what an input method proposes, and is not meant for the form then.
          if (event.nativeEvent.isComposing) return;
          if (onEnter === undefined) toNextField(event);
          else onEnter();
        }}
        {...rest}
      />
    </Frame>
  );
}

/** From the last one the keyboard goes, and the deed at the bottom is in sight. Within a form Enter sends it, by itself. */
function toNextField({ currentTarget: here }: KeyboardEvent<HTMLInputElement>) {
  if (here.form) return;
  const around = here.closest("dialog, section[aria-label]");
  const fields = [...(around?.querySelectorAll<HTMLElement>("input:not([type=file]), textarea:not([readonly]), select") ?? [])];
  const next = fields.slice(fields.indexOf(here) + 1).find((field) => field.getClientRects().length > 0);
  if (next) next.focus();
  else here.blur();
}

/** Text of several lines that grows as it is typed. */
export function TextField({ label, hint, error, value, onChange, most, rows = 2, ...rest }: TextProps & { readonly rows?: number }) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <TextArea
        id={id}
        className={css.input ?? ""}
        rows={rows}
        autoSize={{ minRows: rows, maxRows: 10 }}
        value={value}
        onChange={onChange}
        {...described(id, hint, error)}
        {...(most === undefined ? {} : { maxLength: most })}
        {...rest}
      />
    </Frame>
  );
}

interface NativeProps extends FrameProps {
  readonly kind: "date" | "time";
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly min?: string;
  readonly max?: string;
}

/** A day (YYYY-MM-DD) or a time (HH:MM), picked with what the phone itself offers. What is half typed counts as empty. */
export function WhenField({ label, hint, error, kind, value, onChange, min = FIRST_DAY, max = LAST_DAY }: NativeProps) {
  const id = useId();
  const [typed, setTyped] = useState({ text: value, said: value });
  // A value from outside (a kept draft) is shown; an echo of what is being typed is not, or it would be wiped in mid-typing.
  if (value !== typed.said) setTyped({ text: value, said: value });
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        className={css.native}
        type={kind}
        value={typed.text}
        {...(kind === "date" ? { min, max } : {})}
        onChange={(event) => {
          const text = event.target.value;
          const said = kind === "time" || (text >= min && text <= max) ? text : "";
          setTyped({ text, said });
          onChange(said);
        }}
        {...described(id, hint, error)}
      />
    </Frame>
  );
}

/** Days of work, unless told: an instant lies in them too (docs/protocol.md). A birthday may lie before. */
const FIRST_DAY = "2000-01-01";
const LAST_DAY = "2099-12-31";

function Frame({ id, label, hint, error, children }: FrameProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className={css.field} data-refused={error !== undefined}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <div className={css.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error !== undefined && (
        <p className={css.error} id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, hint: ReactNode, error: string | undefined) {
  const by = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(" ");
  return { ...(by ? { "aria-describedby": by } : {}), ...(error === undefined ? {} : { "aria-invalid": true as const }) };
}
