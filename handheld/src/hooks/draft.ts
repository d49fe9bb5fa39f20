/** A form whose content outlives reload, update and sign-out: every change is kept as it is typed. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useWorkspace } from "./context";

export interface DraftOf<T> {
  /** undefined until it is known whether something was kept. */
  readonly value: T | undefined;
  readonly set: (change: Partial<T>) => void;
  /** Something is kept that has not been acted upon. */
  readonly kept: boolean;
  /** Throw it away. After `act(…, { draft })` this is not needed. */
  readonly drop: () => void;
}

/** form: a name such as "visit:<id>"; blank: what an untouched form holds, JSON. Acting on it: `act(build, { draft: form })`. */
export function useDraft<T extends object>(form: string, blank: T): DraftOf<T> {
  const workspace = useWorkspace();
  const [known, setKnown] = useState<{ form: string; value: T; kept: boolean } | undefined>(undefined);
  const first = useRef(blank);
  const current = known?.form === form ? known : undefined;

  useEffect(() => {
    let wanted = true;
    void workspace.read((reader) => reader.draft(form)).then((kept) => {
      if (!wanted) return;
      const value = typeof kept === "object" && kept !== null ? { ...first.current, ...(kept as Partial<T>) } : first.current;
      setKnown((now) => (now?.form === form ? now : { form, value, kept: kept !== undefined }));
    });
    return () => {
      wanted = false;
    };
  }, [form, workspace]);

  const set = useCallback(
    (change: Partial<T>) => {
      setKnown((now) => {
        const value = { ...(now?.form === form ? now.value : first.current), ...change };
        void workspace.drafts.put(form, value);
        return { form, value, kept: true };
      });
    },
    [workspace, form],
  );
  const drop = useCallback(() => {
    void workspace.drafts.drop(form);
    setKnown({ form, value: first.current, kept: false });
  }, [workspace, form]);
  return { value: current?.value, set, kept: current?.kept ?? false, drop };
}
