// Several hands: two devices on one customer, a customer handed over, a device shut out, a server that is started again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newCustomer } from "../support/deeds.mjs";
import { button, go, heading, journeys, syncNow } from "../support/journey.mjs";
import { keptOn, unsentIn } from "../support/kept.mjs";
import { Office } from "../support/office.mjs";

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
  for (const { page } of [one, other]) await page.getByText("1 change not sent yet").waitFor(); // or a busy machine has nothing to settle yet
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
  await syncNow(phone.page);
  await phone.settled();
  await opened(phone.page, name);
});

/** A phone of this person without a network, with a customer and a number on it that were not sent: { page, phone, made }. */
async function fullPhone(username, name) {
  const phone = await phoneOf(username);
  const { page } = phone;
  await phone.offline(true);
  await go(page, "/customers/new");
  await newCustomer(page, { name, phone: "13800138555" });
  await heading(page, name);
  const made = unsentIn(await keptOn(page)).map(sentOf);
  assert.equal(made.length, 2);
  return { phone, page, made };
}

async function shutOut(username, ...options) {
  const listed = await server().cli("device", "list", "--org", "demo", "--user", username, "--state", "active");
  const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(listed) ?? [];
  assert.ok(id, listed);
  await server().cli("device", "revoke", "--org", "demo", ...options, id);
  return id;
}

/** As it goes over the wire. */
const sentOf = ({ n, group, collection, action, row, base, values, made_at }) => ({ n, group, collection, action, row, base, values, made_at });

/** The office holds what this device had not sent: all of it, and none of it is applied. */
async function handedIn(device, name, made) {
  const admin = await Office.of(server().url, "admin");
  const queues = (await admin.all("/quarantine")).filter((queue) => queue.device_id === device);
  assert.deepEqual(queues.map(({ state, count }) => ({ state, count })), [{ state: "held", count: made.length }]);
  const { operations } = await admin.ask("GET", `/quarantine/${queues[0].id}`);
  assert.deepEqual(operations, made);
  assert.deepEqual(await admin.all(`/customers?text=${encodeURIComponent(name)}`), []);
}

test("a device that is shut out and wiped hands in what is unsent, is emptied, and can be signed in anew", async () => {
  const { phone, page, made } = await fullPhone("na.sun", "Wiped Away");
  const device = await shutOut("na.sun", "--wipe");
  await phone.offline(false);
  await page.getByRole("heading", { name: "Sign in to Doorstep" }).waitFor({ timeout: 60_000 });
  const stores = await page.evaluate(async () => (await indexedDB.databases()).map((each) => each.name));
  assert.ok(stores.length <= 1, `only what the device itself needs is left: ${stores.join(", ")}`);
  await handedIn(device, "Wiped Away", made);
  await phone.signIn("na.sun");
});

test("a device that is shut out and not wiped hands in what is unsent, says so, and opens nothing until it is emptied", async () => {
  const { phone, page, made } = await fullPhone("hong.wu", "Shut Out");
  const device = await shutOut("hong.wu");
  await phone.offline(false);
  await page.getByRole("heading", { name: "This device was shut out" }).waitFor({ timeout: 60_000 });
  await page.getByText("was handed in to the office").waitFor({ timeout: 60_000 });
  await handedIn(device, "Shut Out", made);
  await go(page, "/customers");
  await page.getByRole("heading", { name: "This device was shut out" }).waitFor();
  await button(page, "Delete it here and sign in anew").click();
  await phone.signIn("hong.wu");
});
