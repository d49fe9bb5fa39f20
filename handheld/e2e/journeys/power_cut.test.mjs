// The server dies in mid-sync, as when the power goes, and comes back: nothing is lost and nothing is there twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newCustomer } from "../support/deeds.mjs";
import { go, heading, journeys, syncNow } from "../support/journey.mjs";
import { adoptedOf, keptOn, unsentIn } from "../support/kept.mjs";
import { Office } from "../support/office.mjs";

const { server, line, phoneOf } = journeys({}, { overLine: true });

/** At the next exchange the server dies, at work on it or with the answer on its way out. Resolves when it is up again. */
async function powerCut(moment) {
  const isNext = ({ url }) => url.includes("exchange");
  await new Promise((resolve, reject) => {
    const strike = (request) => {
      if (!isNext(request)) return;
      line().fate = () => "through";
      line().answered = async () => undefined;
      const died = server().kill();
      died.then(resolve, reject);
      return died;
    };
    if (moment === "answering") {
      line().fate = (request) => (isNext(request) ? "answering" : "through");
      line().answered = strike;
    } else {
      line().fate = (request) => (void strike(request), "through");
    }
  });
  await server().up();
}

test("the server dies while a new phone is filled: the first sync goes on by itself and is complete", async () => {
  const cut = powerCut("answering");
  const phone = await phoneOf("li.wang");
  await cut;
  await phone.settled();
  const kept = await keptOn(phone.page);
  const li = await Office.of(server().url, "li.wang");
  const customers = await li.all(`/customers?owner_id=${await li.me()}`);
  const held = adoptedOf(kept, "customers");
  assert.ok(customers.length > 20);
  assert.deepEqual(customers.filter((each) => held.get(each.id)?.version !== each.version), []);
});

test("the server dies while it takes in a day, twice: at work, and with the answer on its way", async () => {
  const phone = await phoneOf("min.zhao");
  const { page } = phone;
  await phone.settled();
  await phone.offline(true);
  const names = [];
  for (const letter of ["A", "B", "C"]) {
    const name = `Power ${letter} ${Date.now()}`;
    names.push(name);
    await go(page, "/customers/new");
    await newCustomer(page, { name, phone: "13911112222" });
    await heading(page, name);
  }
  assert.equal(unsentIn(await keptOn(page)).length, 6);
  for (const moment of ["working", "answering"]) {
    const cut = powerCut(moment);
    await phone.offline(false);
    await syncNow(page);
    await cut;
  }
  await syncNow(page);
  await phone.settled();
  assert.deepEqual(unsentIn(await keptOn(page)), []);
  const jie = await Office.of(server().url, "jie.chen");
  for (const name of names) {
    const items = await jie.all(`/customers?text=${encodeURIComponent(name)}`);
    assert.deepEqual(items.map((each) => [each.name, each.phones.length]), [[name, 1]]);
  }
  await server().cli("sync", "audit", "--org", "demo");
});
