/** A push says that there is news and carries no personal data; what the news is, the next sync brings. */

const TEXTS = {
  zh: { title: "Doorstep", body: "有新的消息，点开查看" },
  en: { title: "Doorstep", body: "There is something new for you" },
};

/** docs/notifications.md: the id is the same each time a message is sent again. */
interface Payload {
  readonly id?: string;
}

/** The address a tap on the notification opens. */
const OPENS = "/app/inbox";

export function listenForPushes(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener("push", (event) => {
    event.waitUntil(Promise.all([nudge(worker), show(worker, payloadOf(event.data))]));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(worker));
  });
}

function payloadOf(data: PushMessageData | null): Payload {
  try {
    const read: unknown = data?.json();
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}

/** Tells every open screen to sync now. */
async function nudge(worker: ServiceWorkerGlobalScope): Promise<void> {
  for (const client of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    client.postMessage({ type: "nudge" });
  }
}

async function show(worker: ServiceWorkerGlobalScope, payload: Payload): Promise<void> {
  const texts = worker.navigator.language.startsWith("zh") ? TEXTS.zh : TEXTS.en;
  // One tag for each message: a push that arrives twice does not ring twice.
  await worker.registration.showNotification(texts.title, {
    body: texts.body,
    icon: "/app/icon-192.png",
    tag: payload.id ?? "news",
  });
}

async function open(worker: ServiceWorkerGlobalScope): Promise<void> {
  const clients = await worker.clients.matchAll({ type: "window" });
  const shown = clients.find((client) => new URL(client.url).pathname.startsWith("/app/"));
  if (shown) {
    await shown.focus();
    await shown.navigate(OPENS);
  } else {
    await worker.clients.openWindow(OPENS);
  }
}
