/** Several tabs of one device: one works, the others watch. */
import type { Lock } from "../session/ports";

/** Web Locks; without them (very old browsers) each tab is alone, and the protocol keeps two hands right. */
export const webLock: Lock = async (name, work, signal) => {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return work();
  return locks.request(`doorstep:${name}`, signal ? { signal } : {}, work);
};

export interface Channel {
  post(): void;
  close(): void;
}

/** Tells the other tabs that there is something to sync. */
export function nudgeChannel(store: string, heard: () => void): Channel {
  const channel = new BroadcastChannel(`doorstep:${store}`);
  channel.onmessage = heard;
  return {
    post() {
      channel.postMessage("nudge");
    },
    close() {
      channel.close();
    },
  };
}

/** Resolves after that many ms, or when the signal is raised. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}
