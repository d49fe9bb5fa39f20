import { useEffect } from "react";
import { useRemembered } from "./remembered";

/**
 * What stands beside a list while nothing was opened from it: the first of what could, and that one for as long as it could and
 * is looked at. What comes in meanwhile does not push it away under somebody who types into it. undefined: nothing, or not known yet.
 */
export function useBeside(name: string, ids: readonly string[] | undefined): string | undefined {
  const [held] = useRemembered<string | null>(`beside.${name}`, null);
  return held !== null && ids?.includes(held) ? held : ids?.[0];
}

/** For what stands there: holds the place until it is left. */
export function useHolding(name: string, id: string | undefined): void {
  const [, hold] = useRemembered<string | null>(`beside.${name}`, null);
  useEffect(() => {
    hold(id ?? null);
  }, [hold, id]);
  useEffect(
    () => () => {
      hold(null);
    },
    [hold],
  );
}
