// A whole day without a network, and an evening on a line that breaks: everything arrives, each thing once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { enterExpense, fillLog, newCustomer, photo } from "../support/deeds.mjs";
import { button, go, heading, journeys, syncNow } from "../support/journey.mjs";
import { adoptedOf, keptOn, unsentIn } from "../support/kept.mjs";
import { Office } from "../support/office.mjs";

const { server, line, phoneOf } = journeys({}, { overLine: true });
const LOSSES = ["answering", "half", "asking"];

/** Every second request of the two doors is lost, in each of the three ways in turn, until each has come `times` times. */
function breaking(times) {
  let count = 0;
  return ({ url }) => {
    if (!/exchange|files/.test(url)) return "through";
    count += 1;
    if (count % 2 === 0 || count > times * LOSSES.length * 2) return "through";
    return LOSSES[Math.floor(count / 2) % LOSSES.length];
  };
}

/** A tap whenever it is offered, until all is sent. */
async function sendAll(phone) {
  const strip = phone.page.locator("[data-testid=strip]");
  const until = Date.now() + 150_000;
  while (await strip.isVisible()) {
    assert.ok(Date.now() < until, await strip.innerText());
    await syncNow(phone.page);
  }
  await phone.settled();
}

/** Two visits of today, planned at the office with customers of this person; their ids. */
async function planned(office) {
  const { items } = await office.ask("GET", `/customers?owner_id=${await office.me()}&limit=2`);
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now());
  const made = items.map((customer) => office.ask("POST", "/visits", { customer_id: customer.id, planned_on: today }));
  return (await Promise.all(made)).map((visit) => visit.id);
}

/** All of a log but the last tap. */
async function log(page, visit, said) {
  await go(page, `/visits/${visit}`);
  await button(page, "I am here: check in").click();
  await page.getByText("Position known to ±12 m.").waitFor();
  await fillLog(page, said);
}

test("a day without a network goes in over a line that breaks, each thing once, the picture of a receipt too", async () => {
  const [jie, li] = [await Office.of(server().url, "jie.chen"), await Office.of(server().url, "li.wang")];
  const [first, second] = await planned(li);
  const phone = await phoneOf("li.wang");
  await phone.settled();
  const before = adoptedOf(await keptOn(phone.page), "visits").size;
  await phone.offline(true);

  // In the morning: a planned visit, and half of the next one when the telephone runs out of power.
  await log(phone.page, first, { result: "wants two rooms", grade: "A" });
  await button(phone.page, "Finish the visit").click();
  await heading(phone.page, "Today");
  await log(phone.page, second, { result: "thinks about it", grade: "B" });
  await phone.close();
  const page = await phone.open({ offline: true, path: `/app/visits/${second}` });
  await page.getByLabel("Result").locator("visible=true").waitFor();
  assert.equal(await page.getByLabel("Result").locator("visible=true").inputValue(), "thinks about it");
  await button(page, "Finish the visit").click();
  await heading(page, "Today");

  // Somebody new, met at once; a reload in the middle of what is typed.
  const name = `Whole Day ${Date.now()}`;
  await go(page, "/customers/new");
  await newCustomer(page, { name, phone: "13800138777" });
  await heading(page, name);
  await button(page, "Visit this customer").click();
  await button(page, "begins now").click();
  await button(page, "Start and check in").click();
  await page.getByText("Position known to ±12 m.").waitFor();
  const third = new URL(page.url()).pathname.split("/").at(-1);
  await fillLog(page, { result: "comes again on Sunday", grade: "C" });
  await page.reload();
  await page.getByLabel("Result").locator("visible=true").waitFor();
  assert.equal(await page.getByLabel("Result").locator("visible=true").inputValue(), "comes again on Sunday");
  await button(page, "Finish the visit").click();
  await page.getByRole("article").filter({ hasText: name }).getByText("Done", { exact: true }).waitFor();

  // The taxi home, with its receipt.
  const picture = await photo(page);
  await go(page, "/expenses/new");
  await enterExpense(page, { amount: "46.5", picture });
  const claim = new URL(page.url()).pathname.split("/").at(-1);
  await page.getByText(/not sent yet/).first().waitFor();
  assert.ok(unsentIn(await keptOn(page)).length >= 10, "nothing of it is sent");

  line().fate = breaking(2);
  await phone.offline(false);
  await sendAll(phone);
  assert.deepEqual(line().losses, { asking: 2, half: 2, answering: 2 });

  // The server has it once, and the phone holds what the server has.
  const kept = await keptOn(page);
  assert.deepEqual(unsentIn(kept), []);
  const customers = await jie.all(`/customers?text=${encodeURIComponent(name)}`);
  assert.deepEqual(customers.map((each) => [each.name, each.grade]), [[name, "C"]]);
  const visits = adoptedOf(kept, "visits");
  assert.equal(visits.size, before + 1);
  const results = new Map([[first, "wants two rooms"], [second, "thinks about it"], [third, "comes again on Sunday"]]);
  for (const [id, result] of results) {
    const visit = await jie.ask("GET", `/visits/${id}`);
    assert.deepEqual([visit.state, visit.result], ["done", result]);
    assert.equal(visits.get(id).version, visit.version);
    assert.equal(visits.get(id).values.result, result);
    assert.ok(visit.check_in_at && visit.accuracy_m === 12);
  }
  assert.equal((await jie.all(`/visits?customer_id=${customers[0].id}`)).length, 1);
  assert.deepEqual(adoptedOf(kept, "customers").get(customers[0].id).version, customers[0].version);

  const { lines } = await li.ask("GET", `/expenses/claims/${claim}`);
  const taxis = lines.filter((each) => each.amount_minor === 4650);
  assert.equal(taxis.length, 1);
  const sha256 = taxis[0].receipt_sha256;
  const { state, size } = kept.files[`info/${sha256}`];
  assert.equal(state, "sent");
  assert.ok(size > 2 * 256 * 1024, `in several parts: ${size} bytes`);
  // Whoever decides about the claim sees it; the server keeps it as drawn anew, without what a camera writes beside it.
  assert.equal(await page.evaluate(sizeOf, (await jie.picture(sha256)).toString("base64")), "1000×1000");
  assert.match(await server().cli("sync", "audit", "--org", "demo"), /./);
});

/** In the page: how large a picture is. */
async function sizeOf(base64) {
  const bitmap = await globalThis.createImageBitmap(new globalThis.Blob([Uint8Array.from(globalThis.atob(base64), (each) => each.charCodeAt(0))]));
  return `${bitmap.width}×${bitmap.height}`;
}
