// A customer given to somebody else while the one who had him is without a network.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillLog, newCustomer } from "../support/deeds.mjs";
import { button, go, heading, journeys } from "../support/journey.mjs";
import { adoptedOf, keptOn } from "../support/kept.mjs";
import { Office } from "../support/office.mjs";

const { server, phoneOf } = journeys();

async function change(page, field, text) {
  await button(page, "Edit").first().click();
  await page.getByRole("dialog").getByLabel(field).fill(text);
  await button(page.getByRole("dialog"), "Save").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

test("handed over meanwhile: the late visit counts, the late edit is shown to mend, the customer leaves the phone", async () => {
  const phone = await phoneOf("li.wang");
  const { page } = phone;
  const name = `Handed Over ${Date.now()}`;
  await go(page, "/customers/new");
  await newCustomer(page, { name });
  await heading(page, name);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await phone.settled();

  await phone.offline(true);
  await change(page, "Remark", "asks for the evening");
  await button(page, "Visit this customer").click();
  await button(page, "begins now").click();
  await button(page, "Start and check in").click();
  await page.getByText("Position known to ±12 m.").waitFor();
  await fillLog(page, { result: "was there all the same" });
  await button(page, "Finish the visit").click();
  await heading(page, "Today");

  const jie = await Office.of(server().url, "jie.chen");
  const zhao = await Office.of(server().url, "min.zhao");
  const heir = await zhao.me();
  await jie.ask("POST", "/customers/handover", { customers: [id], to: heir, reason: "asked for it" });

  await phone.offline(false);
  await page.getByText("1 to mend").waitFor({ timeout: 60_000 });
  await go(page, "/me/mend");
  await page.getByRole("heading", { name: /^Change of a customer/ }).waitFor();
  await page.getByText("asks for the evening").waitFor();
  assert.ok(!adoptedOf(await keptOn(page), "customers").has(id), "he has left the phone");
  await go(page, `/customers/${id}`);
  await page.getByText("This customer is not on this device").locator("visible=true").waitFor();

  const [visit, ...others] = await jie.all(`/visits?customer_id=${id}`);
  assert.deepEqual([visit.state, visit.result, others.length], ["done", "was there all the same", 0]);
  const customer = await jie.ask("GET", `/customers/${id}`);
  assert.deepEqual([customer.owner_id, customer.remark], [heir, null]);

  // He reads why, and takes it off his list.
  await go(page, "/me/mend");
  await button(page, "Discard").click();
  await button(page.getByRole("dialog"), "Discard").click();
  await page.getByText("Nothing to mend").locator("visible=true").waitFor();
  await server().cli("sync", "audit", "--org", "demo");
});

test("two phones change different fields of one customer without a network: both stay, and nobody is asked", async () => {
  const name = `Merged ${Date.now()}`;
  const li = await phoneOf("li.wang");
  await go(li.page, "/customers/new");
  await newCustomer(li.page, { name });
  await heading(li.page, name);
  const path = new URL(li.page.url()).pathname.slice("/app".length);
  await li.settled();
  const jie = await phoneOf("li.wang");
  await go(jie.page, path);
  await heading(jie.page, name);
  await li.offline(true);
  await jie.offline(true);
  await change(li.page, "Remark", "calls at noon");
  await change(jie.page, "Address", "12 Harbour Road");
  await li.offline(false);
  await li.settled();
  await jie.offline(false);
  await jie.settled();
  for (const phone of [li, jie]) {
    await phone.page.getByText("calls at noon").locator("visible=true").first().waitFor({ timeout: 60_000 });
    await phone.page.getByText("12 Harbour Road").locator("visible=true").first().waitFor({ timeout: 60_000 });
    await go(phone.page, "/me/mend");
    await phone.page.getByText("Nothing to mend").locator("visible=true").waitFor();
  }
});
