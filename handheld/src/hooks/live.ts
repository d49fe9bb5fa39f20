/** Live values in React: a component shows the newest and is drawn again when it changes, in whichever tab it did. */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { DeviceState, Live, Reader, SyncStatus } from "../device/api";
import { useHandheld, useWorkspace } from "./context";

/** The newest value, undefined before the first. live: the same object as long as it is the same question. */
export function useValue<T>(live: Live<T>): T | undefined {
  return useSyncExternalStore(
    useCallback((listener: () => void) => live.subscribe(listener), [live]),
    () => live.get(),
  );
}

/**
 * What the query reads, kept up to date. parts: everything the query depends on beside the store; while a new question is being answered it is undefined.
 */
export function useLive<T>(query: (read: Reader) => Promise<T>, parts: readonly (string | number | boolean | null)[]): T | undefined {
  const workspace = useWorkspace();
  const question = JSON.stringify(parts);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller says what the query depends on
  const live = useMemo(() => workspace.live(query), [workspace, question]);
  return useValue(live);
}

export function useDeviceState(): DeviceState {
  return useValue(useHandheld().state) ?? { kind: "starting" };
}

export function useSyncStatus(): SyncStatus | undefined {
  return useValue(useWorkspace().sync.status);
}
