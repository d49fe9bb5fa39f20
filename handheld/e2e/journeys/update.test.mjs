// A newer build comes while somebody is in the middle of a form: it is offered, taken in when he says so, and costs him nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { button, go, heading, journeys } from "../support/journey.mjs";

const { line, phoneOf } = journeys({}, { overLine: true });

/** The build as it is, but for a mark in its page, which its worker therefore knows under another revision. */
function newer(path, text) {
  const page = /"revision":"(?=\w+","url":"\/app\/index\.html")/;
  return path === "/app/sw.js" ? text.replace(page, "$&newer-") : text.replace("<head>", '<head><meta name="build" content="newer">');
}

const buildOf = (page) => page.evaluate(() => document.querySelector("meta[name=build]")?.content ?? "as installed");

test("a newer build waits until it is taken in; what was typed and what was not sent are there afterwards", async () => {
  const phone = await phoneOf("li.wang");
  const { page } = phone;
  await phone.settled();
  await go(page, "/visits/new");
  await page.getByLabel("Or a place, without a customer").fill("Before The Update 1");
  await phone.offline(true);
  await button(page, "is planned").click();
  await button(page, "Plan the visit").click();
  await page.getByText("1 change not sent yet").waitFor();
  await go(page, "/customers/new");
  await page.getByLabel("Name").fill("Half Typed");
  await page.getByLabel("Needs").fill("three rooms, and a");
  await page.evaluate(() => (globalThis.isSamePage = true));

  line().fate = () => "asking"; // the program comes through, and no data
  line().program = newer;
  await phone.offline(false);
  await page.evaluate(lookForNewer);
  await page.getByLabel("Needs").pressSequentially(" balcony");
  assert.equal(await page.evaluate(() => globalThis.isSamePage), true, "nothing reloads by itself");
  assert.equal(await buildOf(page), "as installed");

  await page.getByRole("link", { name: "Me", exact: true }).locator("visible=true").click();
  await page.getByRole("heading", { name: "A newer app is ready" }).waitFor();
  const reloaded = page.waitForEvent("load");
  await button(page, "Change to the newer app").click();
  await reloaded;
  assert.equal(await buildOf(page), "newer");
  await go(page, "/customers/new");
  await page.getByLabel("Needs").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Half Typed");
  assert.equal(await page.getByLabel("Needs").inputValue(), "three rooms, and a balcony");
  await page.getByText("1 change not sent yet").waitFor();

  // It is kept like the one before it: a start without a network is one of the newer build.
  await phone.close();
  const cold = await phone.open({ offline: true, path: "/app/customers/new" });
  await cold.getByLabel("Needs").waitFor();
  assert.equal(await buildOf(cold), "newer");
  assert.equal(await cold.getByLabel("Needs").inputValue(), "three rooms, and a balcony");
  line().fate = () => "through";
  await phone.offline(false);
  await phone.settled();
  await go(cold, "/");
  await heading(cold, "Today");
  await cold.getByRole("article").filter({ hasText: "Before The Update 1" }).waitFor();
});

/** In the page: what the app does every hour. Resolves when the newer one is loaded and waits. */
async function lookForNewer() {
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  await registration.update();
  while (!registration.waiting) await new Promise((resolve) => globalThis.setTimeout(resolve, 50));
}
