// What every journey file needs: one server for the file, phones that are thrown away and whose pages did nothing wrong.
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { Line } from "./line.mjs";
import { Phone } from "./phones.mjs";
import { startServer } from "./server.mjs";

/**
 * Call once in a file or a suite. { server(), line(), phone(options), phoneOf(username, options) }; phones of phoneOf speak
 * English. settings: of the server, or what resolves to them. overLine: the phones' way to the server is a Line, which can be
 * broken.
 */
export function journeys(settings = {}, { overLine = false } = {}) {
  let server, line;
  const phones = [];
  before(async () => {
    if (overLine) line = await Line.open();
    server = await startServer(typeof settings === "function" ? await settings() : settings);
    line?.lead(server);
  });
  after(async () => {
    await line?.close();
    await server?.stop();
  });
  afterEach(async () => {
    for (const phone of phones.splice(0)) {
      await phone.throwAway();
      assert.deepEqual(phone.complaints, [], "no script error, nothing against the page's policy, no request to elsewhere");
    }
  });
  const phone = (options = {}) => {
    const made = new Phone(line?.url ?? server.url, { language: "en", ...options });
    phones.push(made);
    return made;
  };
  return {
    server: () => server,
    line: () => line,
    phone,
    async phoneOf(username, options = {}) {
      const made = phone(options);
      await made.open();
      await made.signIn(username);
      await go(made.page, "/me");
      await made.page.getByRole("button", { name: "English" }).click();
      await made.page.locator("html[lang=en]").waitFor({ state: "attached" });
      return made;
    },
  };
}

export const go = (page, path) => page.goto(new URL(`/app${path}`, page.url()).href);
/** Of what is seen: the list stays drawn behind what was opened from it. */
export const button = (page, name) => page.getByRole("button", { name, exact: true }).locator("visible=true");
export const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).locator("visible=true").waitFor();
/** A tap on it, where it is: the app may be at it by itself, and then there is nothing to tap. */
export const syncNow = (page) => button(page, /Sync now/).first().click({ timeout: 500 }).catch(() => undefined);
