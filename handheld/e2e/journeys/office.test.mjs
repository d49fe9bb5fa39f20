// Money, decisions and the team's day in the app, in real browsers on a real server: what the screens promise.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seriousOf, smallTargets } from "../support/axe.mjs";
import { button, go, journeys, syncNow } from "../support/journey.mjs";
import { Office } from "../support/office.mjs";
import { SIZES } from "../support/phones.mjs";
import { tooWide } from "../support/width.mjs";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const { server, phoneOf } = journeys();

const text = (page, what) => page.getByText(what).locator("visible=true").first();
const seen = (page, what) => text(page, what).waitFor();

async function typed(page, amount) {
  await page.getByLabel("Amount (CNY)").waitFor();
  for (const key of amount) await button(page, key).click();
}

async function enter(page, { amount, kind }) {
  await go(page, "/expenses/new");
  await typed(page, amount);
  await button(page, kind).click();
  const apart = button(page, "A new claim");
  if (await apart.isVisible()) await apart.click();
  await page.waitForTimeout(300); // what was tapped is on the disk
}

/** A visit of the day before, which took place: those of today may be still to come, whatever the hour is. */
async function cite(page) {
  await button(page, "Yesterday").click();
  await page.getByRole("group", { name: "Visit" }).getByRole("button").filter({ hasNotText: "not begun" }).first().click();
}

/** A claim of one office expense and one taxi ride that cites a visit; left on its page, not submitted. */
async function claim(page, amount, receipt) {
  await enter(page, { amount, kind: "Taxi" });
  await cite(page);
  if (receipt) {
    await page.locator("input[type=file]").last().setInputFiles({ name: "receipt.png", mimeType: "image/png", buffer: Buffer.from(PNG, "base64") });
    await page.locator("img[alt='The receipt of this expense']").waitFor();
  }
  await button(page, "Save the expense").click();
  await button(page, "Submit for approval").waitFor();
  return new URL(page.url()).pathname.slice("/app".length);
}

async function sent(phone) {
  await phone.offline(false);
  await syncNow(phone.page);
  await phone.settled();
}

/** Submits the claim that is open; over when the office has it. */
async function submitted(phone) {
  await button(phone.page, "Submit for approval").click();
  await phone.page.getByText("Waiting for approval", { exact: true }).locator("visible=true").first().waitFor();
}

test("an expense without a network: refused at its field, mended, submitted, waiting to be confirmed", async () => {
  const phone = await phoneOf("li.wang");
  const { page } = phone;
  await phone.offline(true);
  await enter(page, { amount: "46.5", kind: "Taxi" });
  await page.reload();
  assert.equal(await page.getByLabel("Amount (CNY)").inputValue(), "46.5", "what is typed outlives a reload");
  await button(page, "Save the expense").click();
  await button(page, "Submit for approval").click();
  await seen(page, "2 things are missing before it can be submitted");
  await page.getByRole("link", { name: /^Taxi/ }).locator("visible=true").click();
  await seen(page, "An expense of a sales action names its visit.");
  await cite(page);
  await button(page, "Save the expense").click();
  await button(page, "Submit for approval").click();
  await seen(page, "Submitted on this device, not sent yet. The office has not seen it.");
  await sent(phone);
  await seen(page, "Waiting for approval");
  await button(page, "Withdraw").click();
  await button(page, "Submit again").waitFor();
});

test("an expense is entered and kept within 20 seconds", async () => {
  const { page } = await phoneOf("min.zhao");
  const began = Date.now();
  await claim(page, "38");
  assert.ok(Date.now() - began < 20_000);
});

test("a decision without a network waits to be confirmed, is never called approved, and then is", async () => {
  const li = await phoneOf("li.wang");
  const path = await claim(li.page, "81", true);
  await submitted(li);

  const jie = await phoneOf("jie.chen");
  const { page } = jie;
  await go(page, "/approvals");
  await page.getByRole("link", { name: /81\.00/ }).locator("visible=true").click();
  await page.locator("img[alt='Receipt: Taxi']").waitFor();
  await jie.offline(true);
  await button(page, "Approve").click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await seen(page, "You want to approve it: waiting to be confirmed.");
  assert.equal(await page.getByText("You approved it").locator("visible=true").count(), 0);
  await page.reload();
  await seen(page, "You want to approve it: waiting to be confirmed.");
  await sent(jie);
  await seen(page, "You approved it");

  await go(li.page, path);
  await sent(li);
  await seen(li.page, /Approved by .+/);
});

test("a decision that came too late is refused where everybody sees it", async () => {
  const li = await phoneOf("li.wang");
  const path = await claim(li.page, "52");
  await go(li.page, `${path}/new`);
  await typed(li.page, "52");
  await button(li.page, "Taxi").click();
  await cite(li.page);
  await button(li.page, "Save the expense").click();
  await submitted(li);
  const jie = await phoneOf("jie.chen");
  await go(jie.page, "/approvals");
  await jie.page.getByRole("link", { name: /104\.00/ }).locator("visible=true").click();
  // The same ride twice: each leads to the other.
  await jie.page.getByRole("link", { name: /^Compare with: Taxi · ¥52\.00 · Yesterday · 王丽$/ }).locator("visible=true").first().click();
  await jie.page.getByRole("heading", { name: "Expense of 王丽" }).waitFor();
  await jie.page.goBack();
  await jie.offline(true);
  await button(jie.page, "Approve").click();
  await jie.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await seen(jie.page, "waiting to be confirmed");
  await go(li.page, path);
  await button(li.page, "Withdraw").click();
  await li.page.getByText("Withdrawn", { exact: true }).locator("visible=true").waitFor();

  await sent(jie);
  await seen(jie.page, "Your decision “Approve” was not taken:");
  await go(jie.page, "/me/mend");
  await seen(jie.page, /Approving a request/);
  await button(jie.page, "Open it").click();
  await button(jie.page, "I have seen it").click();
  await text(jie.page, "Your decision “Approve” was not taken:").waitFor({ state: "detached" });
  await go(jie.page, "/me/mend");
  await seen(jie.page, "Nothing to mend");
});

test("above the limit it is decided with a network and the password only", async () => {
  const li = await phoneOf("li.wang");
  await claim(li.page, "5200");
  await submitted(li);
  const jie = await phoneOf("jie.chen");
  const { page } = jie;
  await go(page, "/approvals");
  await page.getByRole("link", { name: /5,200\.00/ }).locator("visible=true").click();
  await jie.offline(true);
  await seen(page, "Above the limit: it is decided with a network and your password only.");
  assert.equal(await button(page, "Approve").isDisabled(), true);
  await jie.offline(false);
  await button(page, "Approve").click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Your password").fill("not it");
  await sheet.getByRole("button", { name: "Approve" }).click();
  await seen(page, "That is not your password.");
  await sheet.getByLabel("Your password").fill("doorstep-demo");
  await sheet.getByRole("button", { name: "Approve" }).click();
  await seen(page, "You approved it");
});

test("the team's day is there after a cold start without a network; a visit is commented on and goes to somebody else", async () => {
  const li = await phoneOf("li.wang");
  const name = `Handed ${Date.now()}`;
  const wang = await Office.of(server().url, "li.wang");
  const today = await li.page.evaluate(() => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now()));
  await wang.ask("POST", "/visits", { place: name, planned_on: today });
  let jie = await phoneOf("jie.chen");
  await go(jie.page, "/team");
  await seen(jie.page, "People");
  const names = await jie.page.locator("section li a:visible").allTextContents();
  await jie.close();
  await jie.open({ offline: true, path: "/app/team" });
  await seen(jie.page, "People");
  assert.equal((await jie.page.locator("section li a:visible").allTextContents()).length, names.length);
  await jie.page.locator("section li a:visible").filter({ hasText: "王丽" }).click();
  await jie.page.getByRole("link", { name: new RegExp(name) }).locator("visible=true").click();
  await button(jie.page, "Write a comment").click();
  await jie.page.getByLabel("Your comment", { exact: true }).fill("Take the price list along");
  await button(jie.page, "Send the comment").click();
  await seen(jie.page, "Not sent yet");
  await button(jie.page, "Move or give to somebody else").click();
  await jie.page.getByRole("dialog").getByRole("button", { name: "赵敏" }).click();
  await jie.page.getByRole("dialog").getByRole("button", { name: "Arrange it" }).click();
  await seen(jie.page, "Changed on this device: waiting to be confirmed.");
  await sent(jie);

  const zhao = await phoneOf("min.zhao");
  await seen(zhao.page, "Inbox");
  await go(zhao.page, "/inbox");
  await seen(zhao.page, /has arranged a visit for you/);
  await text(zhao.page, /has commented on a visit/).click();
  await seen(zhao.page, "Take the price list along");
  await button(zhao.page, "Answer").click();
  await zhao.page.getByLabel("Your comment", { exact: true }).fill("I have it");
  await button(zhao.page, "Send the comment").click();
  await sent(zhao);
  await go(zhao.page, "/inbox");
  await button(zhao.page, "Put off").first().click();
  await zhao.page.getByRole("button", { name: /In an hour/ }).click();
  await seen(zhao.page, /Comes back/);
  await button(zhao.page, "Done").first().click();
  await seen(zhao.page, "Done.");
});

test("a task opens from its notice, is done without a network and sent", async () => {
  const jie = await Office.of(server().url, "jie.chen");
  const li = await Office.of(server().url, "li.wang");
  const phone = await phoneOf("li.wang");
  const { page } = phone;
  const today = await page.evaluate(() => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now()));
  const asked = `Call the notary ${Date.now()}`;
  const task = await jie.ask("POST", "/tasks", { text: asked, due_on: today, assignee_id: await li.me() });
  await go(page, "/inbox");
  await seen(page, asked);
  await phone.settled();
  await phone.offline(true);
  await text(page, /has given you a task, due today/).click();
  await seen(page, "Given by");
  assert.deepEqual([...(await seriousOf(page)), ...(await smallTargets(page))], []);
  await page.getByLabel("Note (optional)").locator("visible=true").fill("He comes on Monday");
  await button(page, "The task is done").click();
  await seen(page, "Done. It is sent when there is a network.");
  await sent(phone);
  const done = await li.ask("GET", `/tasks/${task.id}`);
  assert.deepEqual([done.state, done.done_note], ["done", "He comes on Monday"]);
  await go(page, `/tasks/${task.id}`);
  await seen(page, /^Done \d/);
});

test("a list is stopped in the middle and goes on: each row is answered once", async () => {
  const ROWS = 2500;
  const jie = await phoneOf("jie.chen");
  const { page } = jie;
  await go(page, "/customers/lists");
  const lines = Array.from({ length: ROWS }, (_, n) => `Guest of the fair ${n}`);
  await page.locator("input[type=file]").last().setInputFiles({ name: "fair.csv", mimeType: "text/csv", buffer: Buffer.from(["name", ...lines].join("\n")) });
  await button(page, "Take in").click();
  await button(page, "Stop").click();
  await button(page, "Go on").waitFor();
  const office = await Office.of(server().url, "jie.chen");
  const at = `/customer-imports/${new URL(page.url()).pathname.split("/").at(-1)}`;
  assert.ok((await office.ask("GET", at)).answered < ROWS, "it was stopped before its end");
  await button(page, "Go on").click();
  await seen(page, /^Taken in$/);
  const done = await office.ask("GET", at);
  assert.deepEqual([done.answered, done.created], [ROWS, ROWS]);
});

test("every new screen passes axe and the ruler at both sizes, and nothing is wider than its place", async () => {
  for (const size of Object.values(SIZES)) {
    const jie = await phoneOf("jie.chen", { size });
    for (const path of ["/team", "/approvals", "/expenses", "/expenses/new", "/inbox", "/me/notifications"]) {
      await go(jie.page, path);
      await jie.page.locator("h1:visible").first().waitFor();
      assert.deepEqual([...(await seriousOf(jie.page)), ...(await smallTargets(jie.page)), ...(await tooWide(jie.page))], [], path);
    }
    await jie.page.locator("h1:visible").first().evaluate((title) => (title.style.cssText = "flex: none; width: 20px; white-space: nowrap"));
    assert.equal((await tooWide(jie.page)).length, 1, "a title that runs out of its place is found");
    await jie.page.locator("main").evaluate((work) => (work.style.minWidth = "2000px"));
    assert.ok((await tooWide(jie.page)).length > 0, "a page that has to be pushed sideways is found");
  }
});
