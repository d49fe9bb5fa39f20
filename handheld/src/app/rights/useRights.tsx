import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { useHandheld, useWorkspace } from "../../hooks/context";
import { useSyncStatus } from "../../hooks/live";
import { askRights, keptRights, NO_RIGHTS, type Rights } from "./rights";

/** null: not known yet, neither kept nor asked. */
const RightsContext = createContext<Rights | null>(null);

export const useRights = (): Rights => useContext(RightsContext) ?? NO_RIGHTS;
export const useMay = (code: string): boolean => code in useRights().functions;

/** Asks of several functions at once; null while it is not known what the person may do. */
export function useMayAny(): ((code: string) => boolean) | null {
  const rights = useContext(RightsContext);
  return rights && ((code) => code in rights.functions);
}

const AGAIN_MS = 15 * 60_000;

/** Keeps what the person may do: from this device at once, from the office whenever there is a line. */
export function RightsProvider({ children }: { readonly children: ReactNode }) {
  const { preferences } = useHandheld();
  const workspace = useWorkspace();
  const online = useSyncStatus()?.online ?? false;
  const [rights, setRights] = useState<Rights | null>(null);
  useEffect(() => {
    let wanted = true;
    const put = (found: Rights | null) => {
      if (wanted && found) setRights(found);
    };
    const ask = async () => {
      put(await askRights(preferences, workspace));
    };
    const timer = setInterval(() => void ask(), AGAIN_MS);
    void keptRights(preferences, workspace).then(async (kept) => {
      put(kept);
      if (online) await ask();
    });
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [preferences, workspace, online]);
  return <RightsContext value={rights}>{children}</RightsContext>;
}
