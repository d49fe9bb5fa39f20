// The kiosk's pictures for `make screens`: each screen in both languages on a tablet both ways and on a phone; axe and the ruler.
// `node e2e/kiosk_screens.mjs kiosk-welcome` draws only those whose name begins so; names of other screens draw nothing.
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seriousOf, smallTargets } from "./support/axe.mjs";
import { writeFilm } from "./support/film.mjs";
import { Hall } from "./support/hall.mjs";
import { Kiosk, SIZES } from "./support/kiosks.mjs";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
const FOREIGN = "6901234567892";
const wanted = process.argv.slice(2);
const isWanted = ({ name }) => wanted.length === 0 || wanted.some((each) => name.startsWith(each));
const back = (kiosk) => kiosk.page.locator("[data-answer] button").click();

// In this order, on one kiosk. show: what leads there; after: what leads back.
const SCREENS = [
  { name: "kiosk-setup", show: () => undefined },
  { name: "kiosk-invitation", show: enrolled },
  { name: "kiosk-welcome", show: (kiosk, { member }) => kiosk.type(member.text), after: back },
  { name: "kiosk-refused", show: (kiosk) => kiosk.type(FOREIGN), after: back },
  { name: "kiosk-form", show: (kiosk) => kiosk.page.locator("button.wide.quiet").first().click(), after: (kiosk) => kiosk.page.locator("form .quiet").click() },
  { name: "kiosk-staff", show: (kiosk) => kiosk.page.locator("footer button").click(), after: (kiosk) => kiosk.page.locator(".status .loud").click() },
  { name: "kiosk-noted", show: cut, after: back },
  { name: "kiosk-offline", show: () => undefined },
  { name: "kiosk-closed", show: revoked },
].filter((screen) => isWanted(screen) || wanted.some((name) => name.startsWith("kiosk")));

const found = [];
if (SCREENS.length > 0) {
  mkdirSync(FOLDER, { recursive: true });
  const hall = await Hall.open();
  try {
    const member = await hall.member("王小明");
    const film = join(tmpdir(), `nobody-${process.pid}.y4m`);
    writeFilm(film, [{ text: null, seconds: 1 }]);
    for (const [sizeName, size] of Object.entries(SIZES)) {
      for (const language of ["zh-CN", "en"]) await draw(hall, member, { sizeName, size, language, film });
    }
  } finally {
    await hall.close();
  }
  rmSync(join(tmpdir(), `nobody-${process.pid}.y4m`), { force: true });
  for (const line of found) console.error(line);
  console.log(`${FOLDER}: ${found.length === 0 ? "nothing to say of the kiosk" : `${found.length} findings`}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

async function draw(hall, member, { sizeName, size, language, film }) {
  const station = await hall.boss.kiosk(hall.centre);
  // A camera on the small ones, none on the tablet: both are to be looked at.
  const kiosk = new Kiosk(hall.server.url, { language, size, film: sizeName === "portrait" ? null : film });
  try {
    await kiosk.open();
    for (const { name, show, after } of SCREENS) {
      await show(kiosk, { hall, member, station, language });
      await kiosk.page.waitForTimeout(700);
      const full = `${name}-${sizeName}-${language}`;
      if (isWanted({ name })) {
        await kiosk.page.screenshot({ path: join(FOLDER, `${full}.png`) });
        for (const line of [...(await seriousOf(kiosk.page)), ...(await smallTargets(kiosk.page)), ...(await cutOff(kiosk.page))]) found.push(`${full}: ${line}`);
      }
      await after?.(kiosk);
    }
    found.push(...kiosk.complaints.map((line) => `${sizeName}-${language}: ${line}`));
  } finally {
    await kiosk.throwAway();
  }
}

async function enrolled(kiosk, { station, language }) {
  await kiosk.enrol(station);
  if (language === "en") await kiosk.page.locator(".language").click();
}

async function cut(kiosk, { member }) {
  await kiosk.offline(true);
  await kiosk.type(member.text);
}

async function revoked(kiosk, { hall, station, member }) {
  await hall.boss.ask("POST", `/kiosks/${station.id}/revoke`);
  await kiosk.offline(false);
  await kiosk.type(member.text);
  await kiosk.page.locator("[data-closed]").waitFor();
}

/** Nothing scrolls on a kiosk, so nothing may lie outside of it. */
function cutOff(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, p, button, label, input, dd")]
      .filter((element) => !element.closest("[inert]") && element.checkVisibility({ visibilityProperty: true }))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.top < -1 || box.left < -1 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1))
      .map(({ element }) => `outside of the screen: ${element.outerHTML.slice(0, 100)}`),
  );
}
