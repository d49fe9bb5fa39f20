import { useId } from "react";
import type { Choice } from "./Chips";
import css from "./Field.module.css";

interface Props<V extends string> {
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  readonly value: V | null;
  /** What it is called that none is chosen. */
  readonly all: string;
  readonly onChange: (value: V | null) => void;
  readonly hint?: string;
}

/** One of many, or all of them: the system's own list, because a team may have two hundred. */
export function OneOfMany<V extends string>({ label, choices, value, all, onChange, hint }: Props<V>) {
  const id = useId();
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={css.native}
        value={value ?? ""}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          onChange(choices.find((each) => each.value === event.target.value)?.value ?? null);
        }}
      >
        <option value="">{all}</option>
        {choices.map((each) => (
          <option key={each.value} value={each.value}>
            {each.text}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <div className={css.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
