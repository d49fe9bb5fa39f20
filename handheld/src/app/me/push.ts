/** Letting the office ring this device: the browser's subscription, and telling the server of it (docs/notifications.md). */
import { useEffect } from "react";
import type { Workspace } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useSyncStatus } from "../../hooks/live";

/** unable: this browser cannot, or not on this page. denied: the person said no to the browser, and only there can say yes. */
export type PushState = "unable" | "denied" | "off" | "on";
/** offline: the office could not be asked. keyless: it sends none. failed: the browser's own service did not answer. */
export type NotOn = "offline" | "keyless" | "denied" | "failed" | "refused";

const SUBSCRIPTION = "/mobile/v1/push/subscription";
/** A browser whose push service is out of reach, as Google's is from mainland China, tries for ever and says nothing. */
const SUBSCRIBING_MS = 15_000;

/** null without a service worker, which there is only on https and in a built app. */
async function pushOf(): Promise<PushManager | null> {
  if (!("serviceWorker" in navigator) || !("Notification" in window)) return null;
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  return registration?.pushManager ?? null;
}

export async function pushState(): Promise<PushState> {
  const push = await pushOf();
  if (!push) return "unable";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && (await push.getSubscription()) ? "on" : "off";
}

/** Asks the person, subscribes, and tells the office; null when it rings from now on. */
export async function turnOn(workspace: Workspace): Promise<NotOn | null> {
  const push = await pushOf();
  if (!push) return "failed";
  // At once, while the tap still counts as one: some browsers ask nothing later.
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const asked = await workspace.ask("GET", "/mobile/v1/push/key");
  if (asked.offline) return "offline";
  const key = (asked.body as { vapid_public_key?: string | null }).vapid_public_key;
  if (typeof key !== "string") return "keyless";
  try {
    return await tell(workspace, await within(SUBSCRIBING_MS, subscribed(push, key)));
  } catch {
    return "failed";
  }
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      setTimeout(reject, ms, new Error("no answer"));
    }),
  ]);
}

/** A subscription to another key is void. */
async function subscribed(push: PushManager, key: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await push.subscribe(options);
  } catch (error) {
    const former = await push.getSubscription();
    if (!former) throw error;
    await former.unsubscribe();
    return push.subscribe(options);
  }
}

async function tell(workspace: Workspace, subscription: PushSubscription): Promise<NotOn | null> {
  const { endpoint, keys } = subscription.toJSON();
  const told = await workspace.ask("PUT", SUBSCRIPTION, { kind: "webpush", endpoint, keys });
  if (told.offline) return "offline";
  return told.code === null ? null : "refused";
}

export async function turnOff(workspace: Workspace): Promise<void> {
  const subscription = await (await pushOf())?.getSubscription();
  await subscription?.unsubscribe();
  // Without a line the office hears of it from the push service, with the next push.
  await workspace.ask("DELETE", SUBSCRIPTION);
}

/** Tells the office of the subscription anew with each start: the browser may have renewed it, or another person signed in. */
export function useKeptPush(): void {
  const workspace = useWorkspace();
  const online = useSyncStatus()?.online ?? false;
  useEffect(() => {
    if (!online) return;
    void pushOf()
      .then((push) => push?.getSubscription())
      .then((subscription) => (subscription ? tell(workspace, subscription) : null));
  }, [workspace, online]);
}
