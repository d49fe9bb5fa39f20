// A picture of every screen in both languages at both sizes, into screenshots/; axe, the 44-pixel rule, and that nothing is wider
// than its place, on each.
// Exit code 1 when one of them finds something. `node e2e/screens.mjs today visit` draws only those whose name begins so.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seriousOf, smallTargets } from "./support/axe.mjs";
import { Kiosk } from "./support/kiosks.mjs";
import { Office } from "./support/office.mjs";
import { Phone, SIZES } from "./support/phones.mjs";
import { PAPER, SCREENS } from "./screen_list.mjs";
import { startServer } from "./support/server.mjs";
import { tooWide } from "./support/width.mjs";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
const wanted = process.argv.slice(2);
const isWanted = (screen) => wanted.length === 0 || wanted.some((name) => screen.name.startsWith(name));

const server = await startServer();
if (SCREENS.some((screen) => isWanted(screen) && /^(arrival|task)/.test(screen.name))) await liven(server.url);
if (SCREENS.some((screen) => isWanted(screen) && /^conflict/.test(screen.name))) await contest(server.url);
if (SCREENS.some((screen) => isWanted(screen) && screen.name.startsWith("customer-paper"))) await registerElsewhere(server.url);
await aim(server.url);
if (SCREENS.some((screen) => isWanted(screen) && screen.name.startsWith("long"))) await burden(server.url);
const found = [];
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const [sizeName, size] of Object.entries(SIZES)) {
    for (const language of ["zh-CN", "en"]) {
      found.push(...(await draw(sizeName, size, language)));
    }
  }
} finally {
  await server.stop();
}
for (const line of found) console.error(line);
console.log(`${FOLDER}: ${found.length === 0 ? "axe and the ruler have nothing to say" : `${found.length} findings`}`);
process.exitCode = found.length === 0 ? 0 : 1;

/** Two members who have just shown their cards at the door, and something to be done. */
async function liven(url) {
  const [boss, li] = [await Office.of(url, "jie.chen"), await Office.of(url, "li.wang")];
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now());
  await boss.ask("POST", "/tasks", { text: "把新价目表送到湖畔案场", due_on: today, assignee_id: await li.me() });
  const station = await boss.kiosk((await boss.centre("湖畔案场")).id);
  const kiosk = new Kiosk(url);
  try {
    await kiosk.open();
    await kiosk.enrol(station);
    for (const [name, tier] of [["王小明", "gold"], ["李思雨", "silver"]]) {
      const { member } = await li.member(name, tier);
      await kiosk.read((await li.card(member)).text);
    }
  } finally {
    await kiosk.throwAway();
  }
}

/** One buyer, entered by two of a team. */
async function contest(url) {
  for (const [who, name] of [["li.wang", "周建国"], ["min.zhao", "周先生"]]) {
    const office = await Office.of(url, who);
    await office.ask("POST", "/customers", { name, stage: "visited", phones: [{ number: "13800138123" }] });
  }
}

/** Somebody of another team's, whose identity number one's own customer turns out to have. */
async function registerElsewhere(url) {
  const na = await Office.of(url, "na.sun");
  await na.ask("POST", "/customers", { name: "郑先生", id_number: PAPER });
}

/** What one of a team is to reach this month. */
async function aim(url) {
  const [li, jie] = [await Office.of(url, "li.wang"), await Office.of(url, "jie.chen")];
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now());
  const whose = { owner_id: await li.me(), month_on: today };
  for (const [measure, amount] of [["visits", 40], ["won_amount", 300_000_000]]) await jie.ask("POST", "/targets", { ...whose, measure, amount });
}

/** Everything as long as it may be: what a company is called, its numbers, an amount, what was said of it. */
async function burden(url) {
  const li = await Office.of(url, "li.wang");
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now());
  const said = "客户想看三房两厅，首付四成，孩子明年上小学，在意学区；老人同住，要求低楼层或者有电梯。".repeat(12);
  const { id } = await li.ask("POST", "/customers", {
    name: `上海湖畔置业投资发展有限责任公司华东区域采购与战略合作事业部 Donaudampfschifffahrtselektrizitätenhauptbetriebswerk`,
    ...{ kind: "company", stage: "negotiating", importance: "key", grade: "A", expected_amount_minor: 9_999_999_999_999 },
    ...{ needs: said, address: said.slice(0, 300), phones: [...Array(10).keys()].map((n) => ({ number: `+861381112210${n}`, label: "办公室直线电话转分机" })) },
  });
  await li.ask("POST", `/customers/${id}/notes`, { text: "W".repeat(4000) });
  await li.ask("POST", "/opportunities", { customer_id: id, title: said.slice(0, 120), next_step: said.slice(0, 500), next_step_on: today, amount_minor: 9_999_999_999_999 });
  await li.ask("POST", "/visits", { customer_id: id, planned_on: today, place: said.slice(0, 200), purpose: "y".repeat(400) });
}

async function draw(sizeName, size, language) {
  const findings = [];
  const screens = played();
  for (const who of new Set(SCREENS.filter((each) => screens.has(each)).map((screen) => screen.as))) {
    const phone = new Phone(server.url, { language, size });
    try {
      await phone.open();
      if (who) await phone.signIn(who);
      if (who) await speak(phone.page, language);
      for (const screen of SCREENS.filter((each) => each.as === who && screens.has(each))) {
        await show(phone, screen);
        if (isWanted(screen)) findings.push(...(await picture(phone, `${screen.name}-${sizeName}-${language}`)));
        await screen.after?.(phone.page, phone);
      }
      findings.push(...phone.complaints.map((line) => `${sizeName}-${language}: ${line}`));
    } finally {
      await phone.throwAway();
    }
  }
  return findings;
}

/** The screens that are wanted and those that they build on: what stands before one without a path, and what one `needs`. */
function played() {
  const screens = new Set();
  const play = (screen) => {
    if (screens.has(screen)) return;
    screens.add(screen);
    if (screen.needs) play(SCREENS.find((each) => each.name === screen.needs));
    if (screen.path === undefined) play(SCREENS.filter((each) => each.as === screen.as).at(placeOf(screen) - 1));
  };
  SCREENS.filter(isWanted).forEach(play);
  return screens;
}

function placeOf(screen) {
  return SCREENS.filter((each) => each.as === screen.as).indexOf(screen);
}

async function picture(phone, name) {
  await phone.page.screenshot({ path: join(FOLDER, `${name}.png`) });
  return [...(await seriousOf(phone.page)), ...(await smallTargets(phone.page)), ...(await tooWide(phone.page))].map((line) => `${name}: ${line}`);
}

/** The demo's people have a language of their own; what is chosen on the device goes before it. */
async function speak(page, language) {
  await page.goto(new URL("/app/me", page.url()).href);
  await page.getByRole("button", { name: language === "en" ? "English" : "简体中文" }).click();
}

async function show(phone, { name, path, prepare }) {
  const { page } = phone;
  try {
    if (path !== undefined) await page.goto(phone.url + "/app" + path);
    await page.locator("h1:visible").first().waitFor();
    await prepare?.(page, phone);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(400); // what moves has come to rest
  } catch (error) {
    await page.screenshot({ path: join(FOLDER, `failed-${name}.png`) });
    throw new Error(name, { cause: error });
  }
}
