import { useId, useState } from "react";
import { i18n } from "../../i18n";
import { digitsOf } from "../words/money";
import css from "./expenses.module.css";
import { press, type Key } from "./keys";

interface Props {
  readonly value: string;
  readonly currency: string;
  readonly onChange: (typed: string) => void;
  /** The keys are there from the beginning. */
  readonly open: boolean;
  readonly error?: string | undefined;
}

const ROWS: readonly (readonly Key[])[] = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], [".", "0", "back"]];
const KEYS = new Set<string>(ROWS.flat());

/**
 * An amount with its own keys, large and always the same, in place of the phone's keyboard that covers half of the form.
 * A real keyboard works as well.
 */
export function AmountField({ value, currency, onChange, open, error }: Props) {
  const [shown, setShown] = useState(open);
  const id = useId();
  const digits = digitsOf(currency);
  const tap = (key: Key) => {
    onChange(press(value, key, digits));
  };
  return (
    <div className={css.amount}>
      <label className={css.amountLabel} htmlFor={id}>
        {i18n._("Amount")} ({currency})
      </label>
      <input
        id={id}
        className={css.amountValue}
        // No keyboard of the phone: the keys below are enough.
        inputMode="none"
        autoComplete="off"
        placeholder="0"
        value={value}
        data-refused={error !== undefined}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onFocus={() => {
          setShown(true);
        }}
        onKeyDown={(event) => {
          const key = event.key === "Backspace" ? "back" : event.key === "," || event.key === "。" ? "." : event.key;
          if (event.ctrlKey || event.metaKey || event.altKey || (!KEYS.has(key) && key.length > 1)) return;
          event.preventDefault();
          if (KEYS.has(key)) tap(key as Key);
        }}
        onChange={(event) => {
          // Pasted, or from a keyboard that sends no keys: taken over key by key, what is no amount falls away.
          const keys = event.target.value.normalize("NFKC").split("").filter((each) => KEYS.has(each)) as Key[];
          onChange(keys.reduce((typed, key) => press(typed, key, digits), ""));
        }}
      />
      {error !== undefined && (
        <p className={css.error} id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {shown && (
        <div className={css.keys} role="group" aria-label={i18n._("Keys for the amount")}>
          {ROWS.flat().map((key) => (
            <button
              key={key}
              type="button"
              aria-label={key === "back" ? i18n._("Delete the last digit") : undefined}
              disabled={key === "." && digits === 0}
              onClick={() => {
                tap(key);
              }}
            >
              {key === "back" ? "⌫" : key}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
