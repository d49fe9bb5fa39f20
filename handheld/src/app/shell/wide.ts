import { useSyncExternalStore } from "react";

/** Where the list and what was opened from it are seen at once; as in Shell.module.css. */
const WIDE = "(width >= 900px)";

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => {
    query.removeEventListener("change", listener);
  };
}

/** Whether two panes are seen. */
export const useIsWide = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
