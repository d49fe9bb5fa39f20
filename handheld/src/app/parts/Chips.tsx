import { useId } from "react";
import css from "./Chips.module.css";

export interface Choice<V extends string> {
  readonly value: V;
  readonly text: string;
}

interface Props<V extends string> {
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  readonly value: V | null;
  /** null when the chosen one was tapped again, which only happens where a choice may be taken back. */
  readonly onChange: (value: V | null) => void;
  /** One of them is always chosen. */
  readonly required?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

/** One of a few, with one tap. Buttons and not the kit's Selector, which no keyboard reaches. */
export function Chips<V extends string>({ label, choices, value, onChange, required = false, hint, error }: Props<V>) {
  const id = useId();
  return (
    <div className={css.field}>
      <span className={css.label} id={id}>
        {label}
      </span>
      <div className={css.chips} role="group" aria-labelledby={id} aria-describedby={error ? `${id}-error` : undefined}>
        {choices.map((choice) => (
          <button
            key={choice.value}
            type="button"
            className={css.chip}
            aria-pressed={choice.value === value}
            onClick={() => {
              if (choice.value !== value) onChange(choice.value);
              else if (!required) onChange(null);
            }}
          >
            {choice.text}
          </button>
        ))}
      </div>
      {hint !== undefined && <p className={css.hint}>{hint}</p>}
      {error !== undefined && (
        <p className={css.error} id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
