/** Putting the app on the home screen, where the browser offers it. */
import { useSyncExternalStore } from "react";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Call once at the start: the browser says it only then. */
export function listenForInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event as InstallPrompt;
    tell();
  });
  window.addEventListener("appinstalled", () => {
    offered = null;
    tell();
  });
}

/** Asks the browser to install; null where it does not offer that. */
export function useInstall(): (() => void) | null {
  const found = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offered,
  );
  return found === null
    ? null
    : () => {
        void found.prompt();
        offered = null;
        tell();
      };
}

export const isInstalled = (): boolean => window.matchMedia("(display-mode: standalone)").matches;
