// Several hands: two devices on one customer, a customer handed over, a device shut out, a server that is started again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newCustomer } from "../support/deeds.mjs";
import { button, go, heading, journeys } from "../support/journey.mjs";

const { server, phoneOf } = journeys();

async function entered(phone, name) {
  await go(phone.page, "/customers/new");
  await newCustomer(phone.page, { name });
  await heading(phone.page, name);
  await phone.settled();
}

async function opened(page, name) {
  await go(page, "/customers");
  await page.getByLabel("Search customers").fill(name.slice(0, 9));
  await page.getByRole("link", { name }).click();
  await heading(page, name);
}

test("two devices change one customer without a network: both values are shown, and one tap decides", async () => {
  const name = `Twohands ${Date.now()}`;
  const one = await phoneOf("li.wang");
  await entered(one, name);
  const other = await phoneOf("li.wang");
  await opened(other.page, name);
  await opened(one.page, name);
  await one.offline(true);
  await other.offline(true);
  await button(one.page, "A").click();
  await button(other.page, "C").click();
  await one.offline(false);
  await one.settled();
  await other.offline(false);
  await other.settled();
  await go(other.page, "/me/mend");
  await other.page.getByText("yours: C · now: A").waitFor();
  await button(other.page, "Use mine").click();
  await other.page.getByText("Nothing to mend").waitFor();
  await other.settled();
  await opened(one.page, name);
  await one.page.locator("button[aria-pressed=true]:visible", { hasText: "C" }).waitFor({ timeout: 30_000 });
});

test("a server that is stopped and started again loses nothing of what was entered meanwhile", async () => {
  const phone = await phoneOf("li.wang");
  await go(phone.page, "/customers/new");
  await server().down();
  const name = `Restarted ${Date.now()}`;
  await newCustomer(phone.page, { name });
  await heading(phone.page, name);
  await phone.page.getByText(/The server cannot be reached|not sent yet/).first().waitFor();
  await server().up();
  await button(phone.page, "Sync now").click({ timeout: 2000 }).catch(() => undefined); // it may have gone by itself already
  await phone.settled();
  await opened(phone.page, name);
});

test("a device that is shut out hands in what is unsent, says so, is emptied, and can be signed in anew", async () => {
  const phone = await phoneOf("na.sun");
  const { page } = phone;
  await phone.offline(true);
  await go(page, "/customers/new");
  await newCustomer(page, { name: "Handed In" });
  await heading(page, "Handed In");
  const listed = await server().cli("device", "list", "--org", "demo", "--user", "na.sun", "--state", "active");
  const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(listed) ?? [];
  assert.ok(id, listed);
  await server().cli("device", "revoke", "--org", "demo", "--wipe", id);
  await phone.offline(false);
  await page.getByRole("heading", { name: "This device was shut out" }).or(page.getByRole("heading", { name: "Sign in to Doorstep" })).waitFor({ timeout: 60_000 });
  await page.getByRole("heading", { name: "Sign in to Doorstep" }).waitFor({ timeout: 60_000 });
  const stores = await page.evaluate(async () => (await indexedDB.databases()).map((each) => each.name));
  assert.ok(stores.length <= 1, `only what the device itself needs is left: ${stores.join(", ")}`);
});
