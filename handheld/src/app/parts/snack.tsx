import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from "react";
import { i18n } from "../../i18n";
import css from "./snack.module.css";

interface Said {
  readonly text: string;
  readonly undo?: () => void;
  readonly serial: number;
}

type Say = (text: string, undo?: () => void) => void;

const SnackContext = createContext<Say>(() => undefined);
const STAYS_MS = 6000;

/** Says in passing what was done; with `undo`, offers to take it back. */
export const useSnack = (): Say => useContext(SnackContext);

export function Snacks({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<Said | null>(null);
  const say = useCallback<Say>((text, undo) => {
    setSaid((before) => ({ text, serial: (before?.serial ?? 0) + 1, ...(undo ? { undo } : {}) }));
  }, []);
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => {
      setSaid(null);
    }, STAYS_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <SnackContext value={say}>
      {children}
      <div className={css.place} role="status" aria-live="polite">
        {said && (
          <div className={css.snack} key={said.serial}>
            <span>{said.text}</span>
            {said.undo && (
              <button
                type="button"
                onClick={() => {
                  said.undo?.();
                  setSaid(null);
                }}
              >
                {i18n._("Undo")}
              </button>
            )}
          </div>
        )}
      </div>
    </SnackContext>
  );
}
