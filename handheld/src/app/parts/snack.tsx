import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { i18n } from "../../i18n";
import css from "./snack.module.css";

interface Said {
  readonly text: string;
  readonly undo?: () => void;
  readonly serial: number;
}

type Say = (text: string, undo?: () => void) => void;

const SayContext = createContext<Say>(() => undefined);
const SaidContext = createContext<{ readonly said: Said | null; readonly close: () => void }>({ said: null, close: () => undefined });
const STAYS_MS = 6000;

/** Says in passing what was done; with `undo`, offers to take it back. */
export const useSnack = (): Say => useContext(SayContext);

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
  const shown = useMemo(
    () => ({
      said,
      close: () => {
        setSaid(null);
      },
    }),
    [said],
  );
  return (
    <SayContext value={say}>
      <p className="only-heard" role="status">
        {said?.text}
      </p>
      <SaidContext value={shown}>{children}</SaidContext>
    </SayContext>
  );
}

/** Where it is read: a line of the screen's own above the deed at the bottom, so that it hides nothing. */
export function SnackLine() {
  const { said, close } = useContext(SaidContext);
  if (!said) return null;
  return (
    <div className={css.place} data-snack>
      <div className={css.snack} key={said.serial}>
        <span>{said.text}</span>
        {said.undo && (
          <button
            type="button"
            onClick={() => {
              said.undo?.();
              close();
            }}
          >
            {i18n._("Undo")}
          </button>
        )}
      </div>
    </div>
  );
}
