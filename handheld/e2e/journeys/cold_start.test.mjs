// A day that begins without a network, from a cold start of the app on: the same on both databases.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { newCustomer } from "../support/deeds.mjs";
import { button, go, heading, journeys } from "../support/journey.mjs";
import { lentDatabase } from "../support/postgresql.mjs";

const postgres = await lentDatabase();
after(() => postgres?.giveBack());

// The other journeys are on SQLite as well.
const isLong = !process.env.DOORSTEP_TEST_DEEP && "in make test-deep";
describe("on SQLite", { skip: postgres ? isLong : false }, () => liveADay({}));
describe("on PostgreSQL", { skip: !postgres && "no PostgreSQL for the tests" }, () => liveADay(postgres?.settings));

function liveADay(settings) {
  const { phoneOf } = journeys(settings);

  test("a day without a network from a cold start on: entered, logged, kept, and sent when there is one again", async () => {
    const phone = await phoneOf("li.wang");
    await phone.settled();
    await phone.close();

    let page = await phone.open({ offline: true, path: "/app/customers/new" });
    const name = `Cold Start ${Date.now()}`;
    await newCustomer(page, { name, phone: "13800138000" });
    await heading(page, name);
    await page.getByText("2 changes not sent yet").waitFor();

    await button(page, "Visit this customer").click();
    await button(page, "begins now").click();
    await button(page, "Start and check in").click();
    await page.getByText("Position known to ±12 m.").waitFor();
    await button(page, "Met").click();
    await page.getByLabel("Result").fill("wants three rooms");
    await button(page, "B").click();
    await button(page, "In 3 days").click();

    // Typed and not finished: a reload, and the end of the browser, leave it as it was. What is shown after a look elsewhere
    // has been read from the disk.
    await page.goBack();
    await page.getByLabel("Result").and(page.locator(":visible")).waitFor({ state: "detached" });
    await page.goForward();
    await page.locator("button[aria-pressed=true]:visible", { hasText: "In 3 days" }).waitFor();
    await page.reload();
    await page.getByLabel("Result").and(page.locator(":visible")).waitFor();
    assert.equal(await page.getByLabel("Result").inputValue(), "wants three rooms");
    const address = new URL(page.url()).pathname;
    await phone.close();
    page = await phone.open({ offline: true, path: address });
    await page.getByLabel("Result").waitFor();
    assert.equal(await page.getByLabel("Result").inputValue(), "wants three rooms");
    assert.equal(await button(page, "B").getAttribute("aria-pressed"), "true");
    await button(page, "Finish the visit").click();
    const card = page.getByRole("article").filter({ hasText: name });
    await card.getByText("Done", { exact: true }).waitFor();
    await card.getByText("Not sent yet").waitFor();
    await page.getByText(/^Offline\./).waitFor();

    await phone.offline(false);
    await phone.settled();
    await card.getByText("Unplanned").waitFor();
    await card.click();
    await page.getByText("wants three rooms").waitFor();
    await page.getByText("Place not verified").nth(1).waitFor();

    // Another device of the same person has it all.
    const other = await phoneOf("li.wang");
    await go(other.page, "/customers");
    await other.page.getByLabel("Search customers").fill("cold");
    await other.page.getByRole("link", { name }).click();
    await other.page.getByText("Visit · Met · wants three rooms").waitFor();
    assert.equal(await button(other.page, "B").getAttribute("aria-pressed"), "true");
    await other.page.getByText("Call back").waitFor();
  });
}
