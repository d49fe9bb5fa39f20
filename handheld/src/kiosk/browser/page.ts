/** What makes a page a kiosk: it stays awake, cannot be dragged, scrolled or saved, and takes a new version when nobody is there. */
import { Workbox } from "workbox-window";

/** Swallows what a finger could do to a page. Fields stay usable. */
export function holdStill(): void {
  const no = (event: Event): void => event.preventDefault();
  for (const kind of ["contextmenu", "dragstart", "gesturestart"]) document.addEventListener(kind, no);
  document.addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false });
}

export function stayAwake(): void {
  const ask = (): void => {
    if ("wakeLock" in navigator && document.visibilityState === "visible") void navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** Runs `work` while no other window of this browser does: two would sign two chains with one key. */
export function alone(work: () => void): void {
  if (!("locks" in navigator)) return work();
  void navigator.locks.request("doorstep-kiosk", () => {
    work();
    return new Promise<never>(() => undefined);
  });
}

const REST_MS = 10_000;
const LOOK_MS = 30 * 60_000;

/** Works without a network from now on. Returns what is to be told whether somebody is there. */
export function keepCurrent(): (isAtRest: boolean) => void {
  let timer = 0;
  let waits = false;
  let atRest = true;
  if (!("serviceWorker" in navigator)) return () => undefined;
  const worker = new Workbox("/kiosk/sw.js", { scope: "/kiosk/" });
  const consider = (): void => {
    window.clearTimeout(timer);
    if (waits && atRest) timer = window.setTimeout(() => worker.messageSkipWaiting(), REST_MS);
  };
  worker.addEventListener("waiting", () => {
    waits = true;
    consider();
  });
  worker.addEventListener("controlling", (event) => {
    if (event.isUpdate) location.reload();
  });
  void worker.register().catch(() => undefined);
  window.setInterval(() => void worker.update().catch(() => undefined), LOOK_MS);
  return (isAtRest) => {
    atRest = isAtRest;
    consider();
  };
}
