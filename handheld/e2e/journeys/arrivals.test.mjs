// Somebody shows his card at the door: the reception and his salesperson see it, and one of them looks after him.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hall } from "../support/hall.mjs";
import { button, go, journeys } from "../support/journey.mjs";

const { server, phoneOf } = journeys();

/** Who waits, on the screen of arrivals. */
const waiting = (page, { name }) => page.getByRole("region", { name, exact: true }).locator("visible=true");
const seenAs = (page, { name }, state) => page.getByRole("listitem").filter({ hasText: name }).getByText(state).locator("visible=true");

test("a card read at the door is seen at the reception and by the salesperson, and whoever looks after him is seen by both", async (t) => {
  const hall = await Hall.open(server());
  await hall.boss.reception("rui.he", "何睿");
  const [wang, zhao] = [await hall.member("王小明"), await hall.member("赵大伟")];
  const { kiosk: door } = await hall.kiosk();
  t.after(() => door.throwAway());
  const reception = await phoneOf("rui.he");
  const li = await phoneOf("li.wang");
  await go(li.page, "/arrivals");
  await go(reception.page, "/"); // he has no visits: what he begins with is who has come
  for (const { page } of [reception, li]) await page.getByText("Nobody is waiting").locator("visible=true").waitFor();

  // Nobody taps anything: it comes by itself.
  for (const member of [wang, zhao]) await door.read(member.text);
  for (const { page } of [reception, li]) for (const member of [wang, zhao]) await waiting(page, member).waitFor();
  await waiting(reception.page, wang).getByText("Gold member").waitFor();
  await waiting(reception.page, wang).getByText(/Salesperson: 王丽/).waitFor();

  await button(waiting(li.page, wang), "I look after them").click();
  await button(waiting(reception.page, zhao), "Has left").click();
  for (const { page } of [reception, li]) {
    await seenAs(page, wang, "Looked after").waitFor();
    await seenAs(page, zhao, "Has left").waitFor();
    await page.getByText("Nobody is waiting").locator("visible=true").waitFor();
  }
  await go(li.page, "/inbox");
  await li.page.getByText(/王小明/).locator("visible=true").first().waitFor();
  const states = new Map((await hall.boss.all("/arrivals")).map((each) => [each.customer_name, each.state]));
  assert.deepEqual([states.get(wang.name), states.get(zhao.name)], ["served", "left"]);
});
