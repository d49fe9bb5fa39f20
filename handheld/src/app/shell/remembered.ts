import { useCallback, useSyncExternalStore } from "react";

const kept = new Map<string, unknown>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}

/** Like useState, but the same wherever it is asked for, and found again when the screen is opened again: which day, what was searched. For the life of the page. */
export function useRemembered<T>(name: string, blank: T): [T, (value: T) => void] {
  const value = useSyncExternalStore(subscribe, () => (kept.has(name) ? (kept.get(name) as T) : blank));
  const set = useCallback(
    (next: T) => {
      kept.set(name, next);
      tell();
    },
    [name],
  );
  return [value, set];
}

/** Another person begins anew. */
export function forgetRemembered(): void {
  kept.clear();
  tell();
}
