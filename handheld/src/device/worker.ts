/** The service worker of a screen: it keeps the program for when there is no line, and says when a newer one has come. */
import { Workbox } from "workbox-window";

export interface Program {
  /** Takes the newer program in and reloads. For when nothing is being typed, or drafts hold it. */
  update(): void;
}

/** scope: "/app/" or "/kiosk/". found: a newer program waits. In development there is no worker. */
export async function keepProgram(scope: "/app/" | "/kiosk/", found: (program: Program) => void): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const worker = new Workbox(`${scope}sw.js`, { scope });
  worker.addEventListener("waiting", () => {
    found({
      update() {
        worker.addEventListener("controlling", () => {
          window.location.reload();
        });
        worker.messageSkipWaiting();
      },
    });
  });
  await worker.register();
}
