/** Whether a newer app is loaded and waits. It is taken in when a person says so: a reload in the middle of a form is his to choose. */
import { useSyncExternalStore } from "react";
import { keepProgram, type Program } from "../../device/worker";

/** How often an app that is left open looks for a newer one. */
const LOOK_MS = 60 * 60_000;

let waiting: Program | null = null;
const listeners = new Set<() => void>();

/** Call once at the start: keeps the app for a start without a network. */
export function keepApp(): void {
  void keepProgram("/app/", (program) => {
    waiting = program;
    for (const listener of listeners) listener();
  });
  setInterval(() => void lookForUpdate(), LOOK_MS);
}

/** Resolves when the server was asked; without a network it does nothing. */
export async function lookForUpdate(): Promise<void> {
  const worker = await (navigator.serviceWorker as ServiceWorkerContainer | undefined)?.getRegistration("/app/");
  await worker?.update().catch(() => undefined);
}

/** The newer app that waits; null while there is none. */
export function useUpdate(): Program | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}
