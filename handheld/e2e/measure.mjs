/* global performance, IDBKeyRange -- what a page has */
// What the app costs in Chromium on this machine: first load, first sync, and 10,000 customers in the local store.
// node e2e/measure.mjs [customers]: of the signed-in salesperson, one of three in the demo organisation. Needs a build.
import { Phone } from "./support/phones.mjs";
import { startServer } from "./support/server.mjs";

const own = Number(process.argv[2] ?? 10_000);
const server = await startServer();
const results = { customers: own };

async function timed(work) {
  const begun = performance.now();
  const value = await work();
  return { ms: Math.round(performance.now() - begun), value };
}

try {
  await Promise.resolve(server.cli("demo", "load", "--customers", String(own * 3)));
  const phone = new Phone(server.url, { language: "en" });
  const page = await phone.open();
  await page.locator("form button[type=submit]").waitFor();
  results.firstLoadKilobytes = await page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return Math.round(entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0) / 1024);
  });
  const { ms } = await timed(async () => {
    await phone.signIn("li.wang");
    await page.waitForFunction(adopted, undefined, { timeout: 300_000, polling: 100 });
  });
  results.firstSyncMs = ms;
  Object.assign(results, await page.evaluate(measureStore));
  results.customersScreenMs = (
    await timed(async () => {
      await page.goto(`${server.url}/app/customers`);
      await page.locator("main li a:visible").first().waitFor({ timeout: 60_000 });
    })
  ).ms;
  results.complaints = phone.complaints;
  await phone.throwAway();
  console.log(JSON.stringify(results, null, 1));
} finally {
  await server.stop();
}

/** In the page: whether a checkpoint is adopted. */
async function adopted() {
  const name = (await indexedDB.databases()).map((each) => each.name).find((each) => each?.startsWith("doorstep-person-"));
  if (!name) return false;
  const db = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
  });
  const request = db.transaction("meta").objectStore("meta").get("checkpoint");
  const found = await new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  db.close();
  return found !== undefined;
}

/** In the page: the reads that screens make, on the store as it is. Medians of five, in milliseconds. */
async function measureStore() {
  const name = (await indexedDB.databases()).map((each) => each.name).find((each) => each?.startsWith("doorstep-person-"));
  const db = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
  });
  const result = (request) =>
    new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  const rows = () => db.transaction("rows").objectStore("rows");
  const all = () => result(rows().getAll(IDBKeyRange.bound("customers/", "customers/\uffff")));
  const median = async (work) => {
    const times = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const begun = performance.now();
      await work();
      times.push(performance.now() - begun);
    }
    return Math.round(times.sort((one, other) => one - other)[2] * 10) / 10;
  };
  const customers = await all();
  const one = customers[Math.floor(customers.length / 2)].key;
  const id = one.slice(one.indexOf("/") + 1);
  const found = {
    customersHeld: customers.length,
    rowsHeld: await result(rows().count()),
    allCustomersMs: await median(all),
    searchMs: await median(async () => (await all()).filter((each) => each.value.adopted?.values.name.includes("li"))),
    oneCustomerMs: await median(() => result(rows().get(one))),
    timelineOfOneMs: await median(() => result(rows().index("refs").getAll(`timeline.customer_id=${id}`))),
  };
  db.close();
  return found;
}
