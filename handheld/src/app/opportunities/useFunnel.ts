import { useCallback } from "react";
import { useLive } from "../../hooks/live";
import { funnelOf, type Stage } from "../rows/opportunities";
import { sayStage } from "./words";

/** The funnel in its order; empty while it is read. */
export function useFunnel(): readonly Stage[] {
  return useLive(funnelOf, []) ?? [];
}

/** The name of a stage by its code; the code where this device does not know it. */
export function useStageName(): (code: string) => string {
  const funnel = useFunnel();
  return useCallback(
    (code: string) => {
      const stage = funnel.find((each) => each.code === code);
      return stage ? sayStage(stage) : code;
    },
    [funnel],
  );
}
