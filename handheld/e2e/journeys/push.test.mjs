// Being rung: what the settings screen says of it, what it tells the office, what a push shows and where a tap on it leads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { button, go, journeys } from "../support/journey.mjs";
import { PushService, push } from "../support/push_service.mjs";

const { phoneOf } = journeys();
let service;

before(async () => {
  service = await PushService.open();
});
after(() => service.close());

/** On the screen of notifications, allowed to ring or not. */
async function settingsOf(username, { allowed, args = [] }) {
  const phone = await phoneOf(username, { args });
  if (allowed) await phone.context.grantPermissions(["notifications", "geolocation"], { origin: phone.url });
  await go(phone.page, "/me/notifications");
  return phone;
}

test("a browser that was told not to ring says so, and that only its own settings change it", async () => {
  const { page } = await settingsOf("li.wang", { allowed: false });
  const on = button(page, "Turn on");
  if (await on.isVisible()) await on.click();
  await page.getByText("This browser was told not to let Doorstep ring.").waitFor();
});

test("a browser whose own push service does not answer says so, and does not pretend to ring", async () => {
  const { page } = await settingsOf("li.wang", { allowed: true });
  await page.clock.install();
  await button(page, "Turn on").click();
  await page.waitForTimeout(500);
  await page.clock.fastForward(15_000);
  await page.getByText("The browser's own push service did not answer. News still comes to the inbox.").waitFor();
  await page.getByText("Off", { exact: true }).waitFor();
});

test("without a network nothing is turned on, and it says why", async () => {
  const phone = await settingsOf("li.wang", { allowed: true, args: service.args });
  await phone.offline(true);
  await button(phone.page, "Turn on").click();
  await phone.page.getByText("There is no network. Try again when there is one.").waitFor();
});

test("turned on, the office knows where to ring; a push says nothing of anybody, and a tap on it opens the inbox", async () => {
  const { page, context } = await settingsOf("li.wang", { allowed: true, args: service.args });
  const told = page.waitForResponse((answer) => answer.url().endsWith("/mobile/v1/push/subscription"));
  await button(page, "Turn on").click();
  const taken = await told;
  const said = taken.request().postDataJSON();
  assert.equal(taken.status(), 204, await taken.text().catch(() => ""));
  assert.deepEqual([said.kind, Object.keys(said.keys).sort()], ["webpush", ["auth", "p256dh"]]);
  assert.match(said.endpoint, /journey-\d+$/); // the browser's own address for it, which the office takes
  await page.getByText("On", { exact: true }).waitFor();

  await push(page, { v: 1, id: "one-message", kind: "news" });
  await push(page, { v: 1, id: "one-message", kind: "news" });
  const shown = await page.evaluate(shownHere);
  assert.deepEqual(shown, [{ title: "Doorstep", body: "There is something new for you", tag: "one-message" }]);

  const [worker] = context.serviceWorkers();
  await worker.evaluate(tap);
  await page.waitForURL("**/app/inbox");
  await page.getByRole("heading", { name: "Inbox" }).locator("visible=true").waitFor();

  await go(page, "/me/notifications");
  const ended = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await button(page, "Turn off").click();
  assert.equal((await ended).status(), 204);
  await page.getByText("Off", { exact: true }).waitFor();
});

/** In the page: what the browser shows of us, as soon as it shows something. */
async function shownHere() {
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  for (;;) {
    const shown = await registration.getNotifications();
    if (shown.length > 0) return shown.map(({ title, body, tag }) => ({ title, body, tag }));
    await new Promise((resolve) => globalThis.setTimeout(resolve, 50));
  }
}

/** In the worker: a tap on what is shown. Only a real one may bring a window to the front, so that is left out. */
async function tap() {
  const [notification] = await globalThis.registration.getNotifications();
  globalThis.WindowClient.prototype.focus = function focus() {
    return Promise.resolve(this);
  };
  globalThis.dispatchEvent(new globalThis.NotificationEvent("notificationclick", { notification }));
}
