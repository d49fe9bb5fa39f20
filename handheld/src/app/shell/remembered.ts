import { useCallback, useState } from "react";

const kept = new Map<string, unknown>();

/** Like useState, but found again when the screen is opened again: which day, what was searched. For the life of the page. */
export function useRemembered<T>(name: string, blank: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (kept.has(name) ? (kept.get(name) as T) : blank));
  const set = useCallback(
    (next: T) => {
      kept.set(name, next);
      setValue(next);
    },
    [name],
  );
  return [value, set];
}

/** Another person begins anew. */
export function forgetRemembered(): void {
  kept.clear();
}
