// Kiosks for journeys: Chromium with a profile that outlives a restart, a film for its camera, a reader that types.
import { rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { ARGS, CHROMIUM } from "./browser.mjs";
import { newFolder } from "./folders.mjs";
import { asOld } from "./older.mjs";

const FAKE = ["--use-fake-device-for-media-stream"];

export const SIZES = {
  tablet: { width: 1280, height: 800 },
  portrait: { width: 800, height: 1280 },
  phone: { width: 390, height: 844 },
};

/** One kiosk. film: of its camera, null for none. complaints: what the page did that it must not do. */
export class Kiosk {
  complaints = [];
  #profile = newFolder("doorstep-kiosk-");
  #options;

  constructor(url, { language = "zh-CN", size = SIZES.tablet, film = null, camera = film ? "granted" : "none" } = {}) {
    this.url = url;
    this.#options = { language, size, film, camera };
  }

  /** now: what is another way this time than it was at first. before: what to do before the page is there. */
  async open({ offline = false, before = null, ...now } = {}) {
    const { language, size, film, camera } = { ...this.#options, ...now };
    this.context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: CHROMIUM,
      args: [...ARGS, ...(film ? [...FAKE, `--use-file-for-fake-video-capture=${film}`] : camera === "denied" ? FAKE : [])],
      locale: language,
      timezoneId: "Europe/Berlin",
      viewport: size,
      ...(camera === "granted" ? { permissions: ["camera"] } : {}),
    });
    this.context.setDefaultTimeout(20_000);
    await asOld(this.context);
    this.context.on("request", (request) => this.#watch(request.url()));
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.page.on("pageerror", (error) => this.complaints.push(String(error.stack ?? error)));
    this.page.on("console", (message) => {
      if (message.type() === "error" && !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|status of [45]/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
    await before?.(this.context);
    if (offline) await this.context.setOffline(true);
    await this.page.goto(`${this.url}/kiosk/`);
    return this.page;
  }

  #watch(address) {
    if (!/^(data|blob|about|chrome-error):/.test(address) && !address.startsWith(this.url)) this.complaints.push(`outside: ${address}`);
  }

  /** From the set-up form to the invitation, with the program kept for cold starts. */
  async enrol({ number, code }, organisation = "demo") {
    const fields = this.page.locator("form.enrolment input");
    await fields.nth(0).fill(organisation);
    await fields.nth(1).fill(String(number));
    await fields.nth(2).fill(code);
    await this.page.locator("form.enrolment button[type=submit]").click();
    await this.page.locator("[data-screen=invitation]").waitFor();
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 30_000 });
  }

  /** What is answered now or next: welcome, noted, refused, registered or unsent; and its words. */
  async answer() {
    const answer = this.page.locator("[data-answer]");
    await answer.waitFor();
    return { kind: await answer.getAttribute("data-answer"), words: (await answer.locator(".said").innerText()).replaceAll("\n", " ") };
  }

  /** Types like a reader does; returns what is answered. layout: which keys this machine takes the reader's for. */
  async read(text, layout = "us") {
    await this.type(text, layout);
    const answer = await this.answer();
    await this.page.locator("[data-answer] button").click();
    await this.invites();
    return answer;
  }

  type(text, layout = "us") {
    return this.page.evaluate(typeKeys, { text, layout });
  }

  invites = () => this.page.locator("[data-screen=invitation]").waitFor();

  /** Until every reading has been answered. */
  async settled(timeout = 60_000) {
    await this.page.waitForFunction(() => document.querySelector("footer")?.getAttribute("data-waiting") === "0", undefined, { timeout });
  }

  /** The network is there or not, for the page as for the browser. */
  offline = (isOff) => this.context.setOffline(isOff);

  close = () => this.context.close();

  async throwAway() {
    await this.context?.close().catch(() => undefined);
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/**
 * In the page: the key events of a reader that is set to a US keyboard, on a machine that takes its keys for those of `layout`:
 * us, fr, caps (CapsLock is on) or ime (a Chinese input method has them).
 */
function typeKeys({ text, layout }) {
  const shifted = { "!": "1", "@": "2", "#": "3", $: "4", "%": "5", "^": "6", "&": "7", "*": "8", "(": "9", ")": "0" };
  const places = { "-": "Minus", "=": "Equal", "/": "Slash", ".": "Period", ";": "Semicolon", " ": "Space", ",": "Comma" };
  const up = { "+": "=", ":": ";", "?": "/", _: "-" };
  const french = { a: "q", q: "a", z: "w", w: "z", m: ",", ";": "m", "-": ")", "=": "=", "/": "!", ".": ":", 1: "&", 2: "é", 3: '"', 4: "'", 5: "(", 6: "-", 7: "è", 8: "_", 9: "ç", 0: "à" };
  for (const character of text) {
    const isShifted = character in shifted || character in up || /[A-Z]/.test(character);
    const plain = shifted[character] ?? up[character] ?? character.toLowerCase();
    const code = /[a-z]/.test(plain) ? `Key${plain.toUpperCase()}` : /\d/.test(plain) ? `Digit${plain}` : places[plain];
    const machine = { us: character, fr: french[plain] ?? plain, caps: character.toLowerCase(), ime: "Process" };
    press(code, machine[layout], isShifted);
  }
  press("Enter", "Enter", false);

  function press(code, key, shiftKey) {
    for (const kind of ["keydown", "keyup"]) {
      const event = new KeyboardEvent(kind, { code, key, shiftKey, bubbles: true, cancelable: true, isComposing: layout === "ime" && key === "Process" });
      (document.activeElement ?? document.body).dispatchEvent(event);
    }
  }
}
