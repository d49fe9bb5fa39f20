// A salesperson's day in the app, in a real browser on a real server: what the screens promise.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newCustomer } from "../support/deeds.mjs";
import { button, go, heading, journeys } from "../support/journey.mjs";

const { phone: newPhone, phoneOf } = journeys();

test("a wrong password and a missing network are told apart", async () => {
  const phone = newPhone();
  const page = await phone.open();
  await page.getByLabel("Organisation code").fill("demo");
  await page.getByLabel("User name").fill("li.wang");
  await page.getByLabel("Password").fill("wrong");
  await button(page, "Sign in").click();
  await page.getByText("Organisation code, user name or password is not correct.").waitFor();
  await phone.offline(true);
  await button(page, "Sign in").click();
  await page.getByText("No network. Signing in needs one").waitFor();
});

test("refused work is shown with its reason, mended in place, and gone", async () => {
  const phone = await phoneOf("min.zhao");
  const { page } = phone;
  await go(page, "/customers/new");
  const name = `Mend Me ${Date.now()}`;
  await newCustomer(page, { name, phone: "12345" }); // passes for a number here; the server knows better
  await page.getByText("1 to mend").waitFor();
  await go(page, "/me/mend");
  await page.getByRole("heading", { name: `New phone: ${name}` }).waitFor();
  await page.getByText("This is no complete phone number").first().waitFor();
  await page.getByText("Held back with it: New customer").waitFor();
  await button(page, "Edit and send again").click();
  await page.getByRole("dialog").getByLabel("Phone").fill("13912345678");
  await button(page, "Send again").click();
  await page.getByRole("heading", { name: "Nothing to mend" }).or(page.getByText("Nothing to mend")).first().waitFor();
  await phone.settled();
  await go(page, "/customers");
  await page.getByLabel("Search customers").fill("345678");
  await page.getByRole("link", { name }).waitFor();
});

test("what another device of this person could not send is discarded here", async () => {
  const first = await phoneOf("na.sun");
  await go(first.page, "/customers/new");
  await newCustomer(first.page, { name: "Elsewhere", phone: "12345" });
  await first.page.getByText("1 to mend").waitFor();
  const second = await phoneOf("na.sun");
  await go(second.page, "/me/mend");
  await second.page.getByRole("heading", { name: "New phone: Elsewhere" }).waitFor();
  await button(second.page, "Discard").click();
  await button(second.page.getByRole("dialog"), "Discard").click();
  await second.page.getByText("Nothing to mend").locator("visible=true").waitFor();
  await second.settled();
});

test("a position that is denied, or never comes, does not stop a visit", async () => {
  const phone = await phoneOf("min.zhao", { position: null });
  const { page } = phone;
  await go(page, "/visits/new");
  await page.getByLabel("Or a place, without a customer").fill("Sales office of Harbour View");
  await button(page, "Start and check in").click();
  await page.getByText(/Without a position/).waitFor();
  await button(page, "Not met").click();
  await button(page, "Finish the visit").click();
  await page.getByRole("article").filter({ hasText: "Harbour View" }).getByText("Done", { exact: true }).waitFor();
  await phone.settled();
});

test("a planned visit is moved, cancelled and taken up again with a tap each", async () => {
  const phone = await phoneOf("min.zhao");
  const { page } = phone;
  await go(page, "/visits/new");
  await page.getByLabel("Or a place, without a customer").fill("Riverside Plot 7");
  await button(page, "is planned").click();
  await button(page, "Plan the visit").click();
  const card = page.getByRole("article").filter({ hasText: "Riverside Plot 7" });
  await button(card, "Log").click();
  await button(page, "Cancel the visit").click();
  await button(page.getByRole("dialog"), "Cancel the visit").click();
  await card.getByText("Cancelled").waitFor();
  await button(page, "Undo").click();
  await button(card, "Check in").waitFor();
  await button(card, "Log").click();
  await button(page, "Another day").click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => globalThis.document.activeElement?.textContent), "Another day", "who closes a sheet is where he was");
  await page.keyboard.press("Enter");
  await button(page.getByRole("dialog"), "Tomorrow").click();
  await button(page, "Move to tomorrow").click();
  await card.waitFor({ state: "detached" });
  await button(page, "The day after").click();
  await card.waitFor();
  await phone.settled();
});

test("signing out keeps what is unsent and half typed, and says so; another person sees none of it", async () => {
  const phone = await phoneOf("hong.wu");
  const { page } = phone;
  await go(page, "/customers/new");
  await page.getByLabel("Name").fill("Half Typed");
  await page.getByLabel("Needs").fill("a garden");
  await page.waitForTimeout(300);
  await phone.offline(true);
  await go(page, "/visits/new");
  await page.getByLabel("Or a place, without a customer").fill("Unsent Street 1");
  await button(page, "is planned").click();
  await button(page, "Plan the visit").click();
  await page.getByText("1 change not sent yet").waitFor();
  await go(page, "/me");
  await button(page, "Sign out").click();
  await page.getByText("1 change has not been sent. It stays on this device").waitFor();
  await button(page.getByRole("dialog"), "Sign out").click();
  await page.getByText("1 change not sent yet; sign in to send it").waitFor();
  await phone.offline(false);
  await phone.signIn("jie.chen");
  await go(page, "/customers/new");
  assert.equal(await page.getByLabel("Name").inputValue(), "");
  await go(page, "/me");
  await button(page, "Sign out").click();
  await button(page.getByRole("dialog"), "Sign out").click();
  await phone.signIn("hong.wu");
  await phone.settled();
  await go(page, "/customers/new");
  await page.getByLabel("Needs").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Half Typed");
  assert.equal(await page.getByLabel("Needs").inputValue(), "a garden");
});

test("everything is reached by keyboard: a visit planned without a mouse", async () => {
  const phone = await phoneOf("li.wang");
  const { page } = phone;
  await go(page, "/visits/new");
  await page.getByLabel("Search customers").focus();
  await page.keyboard.type("l");
  await page.locator("ul li > button:visible").first().waitFor();
  const reached = [];
  for (let steps = 0; steps < 40; steps += 1) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    reached.push(text);
    if (steps === 0) await page.keyboard.press("Enter");
    if (text === "is planned") await page.keyboard.press("Space");
    if (text === "Plan the visit") {
      await page.keyboard.press("Enter");
      break;
    }
  }
  assert.ok(reached.includes("is planned") && reached.includes("Plan the visit"), reached.join(" | "));
  await heading(page, "Today");
  await phone.settled();
});
