// Phones for journeys: Chromium with a profile that outlives a restart, watched for what must never happen.
import { rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { ARGS, CHROMIUM } from "./browser.mjs";
import { newFolder } from "./folders.mjs";
import { asOld } from "./older.mjs";

export const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 1280, height: 800 } };
export const SHANGHAI = { latitude: 31.2304, longitude: 121.4737, accuracy: 12 };

/**
 * One device of one person. open() starts the browser, close() ends it; the profile stays in between, so opening again is a
 * cold start. complaints: what the pages did that they must not do: script errors, refusals of the page's policy, requests
 * to anywhere else.
 */
export class Phone {
  complaints = [];
  #profile = newFolder("doorstep-phone-");
  #options;

  constructor(url, { language = "zh-CN", size = SIZES.phone, position = SHANGHAI, args = [] } = {}) {
    this.url = url;
    this.#options = { language, size, position, args };
  }

  async open({ offline = false, path = "/app/" } = {}) {
    const { language, size, position, args } = this.#options;
    this.context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: CHROMIUM,
      args: [...ARGS, ...args],
      locale: language,
      timezoneId: "Europe/Berlin", // never the organisation's: days and times have to come out right all the same
      viewport: size,
      hasTouch: size.width < 900,
      ...(position ? { geolocation: position, permissions: ["geolocation"] } : {}),
    });
    this.context.setDefaultTimeout(45_000);
    await asOld(this.context);
    this.context.on("request", (request) => this.#watch(request.url()));
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.page.on("pageerror", (error) => this.complaints.push(String(error.stack ?? error)));
    this.page.on("console", (message) => {
      if (message.type() === "error" && !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_EMPTY_RESPONSE|status of 4|status of 5/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
    if (offline) await this.context.setOffline(true);
    await this.page.goto(this.url + path);
    return this.page;
  }

  #watch(address) {
    if (!/^(data|blob|about|chrome-error):/.test(address) && !address.startsWith(this.url)) this.complaints.push(`outside: ${address}`);
  }

  /** From the sign-in form to the first screen, first sync included, with the app kept for cold starts. */
  async signIn(username, password = "doorstep-demo", organisation = "demo") {
    const { page } = this;
    await page.locator("input[autocomplete=organization]").fill(organisation);
    await page.locator("input[autocomplete=username]").fill(username);
    await page.locator("input[autocomplete=current-password]").fill(password);
    await page.locator("form button[type=submit]").click();
    await page.locator("nav a[aria-current=page]").waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 30_000 });
  }

  offline = (isOff) => this.context.setOffline(isOff);

  /** Until nothing is unsent and no sync is under way: the strip is gone. */
  async settled() {
    await this.page.locator("[data-testid=strip]").waitFor({ state: "detached", timeout: 60_000 });
  }

  close = () => this.context.close();

  async throwAway() {
    await this.context?.close().catch(() => undefined);
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
