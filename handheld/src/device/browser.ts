/** The device in a browser: the core's ports on what the browser has. */
import { Vault } from "../session/vault";
import type { Storage } from "../store/ports";
import { Held } from "../store/live";
import { DexieStorage } from "../storage/dexie";
import { webKeys } from "../storage/keys";
import { fetchLine } from "../storage/line";
import { nudgeChannel, sleep, webLock } from "../storage/tabs";
import { SHAPES } from "../wire/collections";
import { mint } from "../wire/ids";
import { Device } from "./handheld";

declare const __APP_VERSION__: string;

/** Makes the device of this tab and lets it run. One for a page. */
export function startDevice(): Device {
  const stores = new Map<string, DexieStorage>();
  const openStore = (name: string): Promise<Storage> => {
    const store = stores.get(name) ?? new DexieStorage(name, SHAPES);
    stores.set(name, store);
    return Promise.resolve(store);
  };
  const deleteStore = async (name: string): Promise<void> => {
    stores.get(name)?.close();
    stores.delete(name);
    await DexieStorage.delete(name);
  };
  const online = new Held(navigator.onLine);
  const device = new Device({
    vault: new Vault(new DexieStorage("device")),
    line: fetchLine(window.location.origin, () => document.documentElement.lang || navigator.language),
    keys: webKeys,
    clock: () => Date.now(),
    mint: mint(),
    platform: { name: deviceName(navigator.userAgent), platform: "web", appVersion: __APP_VERSION__ },
    openStore,
    deleteStore,
    lock: webLock,
    channel: nudgeChannel,
    sleep,
    chance: Math.random,
    online,
    isVisible: () => document.visibilityState === "visible",
  });
  const lineChanged = (): void => {
    online.set(navigator.onLine);
    device.nudge();
  };
  window.addEventListener("online", lineChanged);
  window.addEventListener("offline", lineChanged);
  document.addEventListener("visibilitychange", () => {
    device.nudge();
  });
  navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<{ type?: string } | null>) => {
    if (event.data?.type === "nudge") device.nudge();
  });
  // Asks the browser not to throw the store away when space is short. It may say no.
  void navigator.storage?.persist?.();
  device.start();
  return device;
}

/** For the list of devices in the office, such as "Android Chrome". */
export function deviceName(agent: string): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? "Web";
  const browser = /Edg|OPR|MicroMessenger|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? "";
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", MicroMessenger: "WeChat", "Mac OS X": "Mac" };
  return [names[system] ?? system, names[browser] ?? browser].join(" ").trim();
}
