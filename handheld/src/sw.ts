/**
 * The service worker of both screens: /app/sw.js and /kiosk/sw.js are this one file. It keeps the program, and never data:
 * what a person sees comes from the local store, and the store's only line is the sync.
 */
import { createHandlerBoundToURL, matchPrecache, precacheAndRoute, cleanupOutdatedCaches } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { listenForPushes } from "./worker/pushes";

declare const self: ServiceWorkerGlobalScope;

const isKiosk = new URL(self.registration.scope).pathname === "/kiosk/";
const page = isKiosk ? "/app/kiosk/index.html" : "/app/index.html";

// The build adds the app's manifest a second time under a relative address, which is nothing at /kiosk/: one file that is not
// there, and nothing is kept at all.
precacheAndRoute(self.__WB_MANIFEST.filter((entry) => (typeof entry === "string" ? entry : entry.url).startsWith("/")));
cleanupOutdatedCaches();

// Each address of a screen is its one page; other paths of this scope (files, the kiosk's own doors) go to the network.
registerRoute(new NavigationRoute(createHandlerBoundToURL(page), { denylist: [/^\/kiosk\/v\d/, /\.\w+$/] }));
registerRoute(
  ({ url }) => url.pathname === "/kiosk/kiosk.webmanifest",
  async ({ request }) => (await matchPrecache("/app/kiosk.webmanifest")) ?? fetch(request),
);

self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});
if (!isKiosk) listenForPushes(self);
