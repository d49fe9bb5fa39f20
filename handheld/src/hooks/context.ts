import { createContext, useContext } from "react";
import type { Handheld, Workspace } from "../device/api";

/** The device, given once at the root. */
export const HandheldContext = createContext<Handheld | null>(null);
/** The signed-in person's store, given to everything behind the sign-in. */
export const WorkspaceContext = createContext<Workspace | null>(null);

export function useHandheld(): Handheld {
  const handheld = useContext(HandheldContext);
  if (!handheld) throw new Error("no HandheldContext above");
  return handheld;
}

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error("no WorkspaceContext above");
  return workspace;
}
