// A kiosk in a browser, before a real server: cards issued by the office, held before a camera or typed by a reader.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { seriousOf, smallTargets } from "../support/axe.mjs";
import { writeFilm } from "../support/film.mjs";
import { newFolder } from "../support/folders.mjs";
import { Hall } from "../support/hall.mjs";
import { Phone } from "../support/phones.mjs";

const FOREIGN = "DS1:RRQT 9P60GO0CHM4WU/BP1 J8CK$A3WY07NDNRQR-0100KB0*M0DY0W016C1PN1:Y127BVA7NDMCMMAOD6IMW+2VTHS%8Z6JN0JCSU:7QUOUC%30/B1 T10N6F73CNR:IHRAW8LMVQU3D$46./STJKA6F4-DZKU+ 0KE6";
const PAYMENT = "wxp://f2f0abcdefghijklmnop";

describe("a kiosk", { timeout: 240_000 }, () => {
  let hall;
  const folder = newFolder("doorstep-film-");

  before(async () => {
    hall = await Hall.open();
  });
  after(async () => {
    await hall?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs with a kiosk that is set up; it must have done nothing that it must not. */
  async function withKiosk(options, work) {
    const { kiosk, station } = await hall.kiosk(options);
    try {
      await work(kiosk, station);
      assert.deepEqual(kiosk.complaints, []);
    } finally {
      await kiosk.throwAway();
    }
  }

  it("reads a phone, a printed card, a lost one and a foreign one before its camera, and invites again by itself", async () => {
    await withKiosk({}, async (kiosk) => {
      const [wang, zhao, lost] = [await hall.member("王小明"), await hall.member("赵敏", "phone"), await hall.member("钱多多")];
      await hall.li.lose(lost.card);
      await kiosk.close();
      const film = join(folder, "hall.y4m");
      const phone = await hall.li.codeOf(zhao.card);
      const nobody = { text: null, seconds: 2 };
      const scenes = [phone, lost.text, FOREIGN, wang.text].flatMap((text) => [nobody, { text, seconds: 3 }]);
      writeFilm(film, [...scenes, { text: null, seconds: 25 }]);
      await kiosk.open({ film, camera: "granted" });
      const seen = [];
      for (let count = 0; count < 4; count += 1) {
        const answer = await kiosk.answer();
        seen.push(answer);
        if (count === 0) assert.deepEqual(await seriousOf(kiosk.page), []);
        if (count < 3) await kiosk.page.locator("[data-answer] button").click();
      }
      assert.deepEqual(seen.map((each) => each.kind), ["welcome", "refused", "refused", "welcome"]);
      assert.match(seen[0].words, /赵\*/);
      assert.match(seen[3].words, /王\*\*/);
      assert.match(seen[3].words, /金卡会员/);
      assert.equal(seen[1].words, seen[2].words);
      const from = Date.now();
      await kiosk.invites();
      assert.ok(Date.now() - from < 12_000);
      assert.doesNotMatch(await kiosk.page.locator("body").innerText(), /王/);
      for (const [each, count] of [[wang, 1], [zhao, 1], [lost, 0]]) assert.equal((await hall.arrivalsOf(each)).length, count);
    });
  });

  it("reads the same from a reader that types, whatever this machine takes its keys for, and buttons get none of them", async () => {
    await withKiosk({}, async (kiosk) => {
      const wang = await hall.member("王大锤");
      await kiosk.page.locator(".language").focus();
      for (const layout of ["us", "fr", "caps", "ime"]) assert.equal((await kiosk.read(wang.text, layout)).kind, "welcome", layout);
      assert.equal(await kiosk.page.evaluate(() => document.documentElement.lang), "zh-CN");
      await kiosk.page.locator("button.wide.quiet").click();
      await kiosk.page.locator("form.visitor input").first().fill("half a na");
      assert.equal((await kiosk.read(wang.text)).kind, "welcome");
      assert.equal((await hall.arrivalsOf(wang)).length, 1);
    });
  });

  it("has one answer for whatever is no card of ours, and sends none of it", async () => {
    await withKiosk({}, async (kiosk, station) => {
      const answers = [];
      for (const text of [PAYMENT, "6901234567892", FOREIGN, FOREIGN.slice(0, 100)]) answers.push((await kiosk.read(text)).words);
      assert.equal(new Set(answers).size, 1);
      const readings = await hall.readingsOf(station);
      assert.deepEqual(readings.map((each) => each.reason), ["key"]);
    });
  });

  it("goes on without the network, over a cold start too; back again, every visit is on its timeline once", async () => {
    await withKiosk({}, async (kiosk, station) => {
      const members = [];
      for (const name of ["周一", "周二", "周三", "周四"]) members.push(await hall.member(name, name === "周三" ? "phone" : "printed"));
      const [one, two, three, four] = members;
      await kiosk.offline(true);
      assert.equal((await kiosk.read(one.text)).kind, "noted");
      assert.equal((await kiosk.read(two.text, "fr")).kind, "noted");
      assert.equal((await kiosk.read(await hall.li.codeOf(three.card))).kind, "noted");
      assert.equal((await kiosk.read(FOREIGN)).kind, "refused");
      assert.equal(await kiosk.page.locator("footer").getAttribute("data-waiting"), "4");
      await kiosk.close();
      await kiosk.open({ offline: true });
      await kiosk.invites();
      assert.equal((await kiosk.read(four.text)).kind, "noted");
      assert.equal((await kiosk.read(one.text)).kind, "noted");
      assert.ok(await kiosk.page.locator("button.wide.quiet").isDisabled(), "registering needs the network");
      await kiosk.offline(false);
      await kiosk.settled();
      for (const each of members) {
        const arrivals = await hall.arrivalsOf(each);
        assert.equal(arrivals.length, 1, each.name);
        assert.equal(arrivals[0].params.late, true);
      }
      const readings = await hall.readingsOf(station);
      assert.deepEqual(new Set(readings.map((each) => each.chain)), new Set(["next"]));
      assert.equal((await kiosk.read(two.text)).kind, "welcome");
    });
  });

  it("registers a visitor, keeps nothing of him, and leaves the form when nobody is there", async () => {
    await withKiosk({ language: "en" }, async (kiosk) => {
      const { page } = kiosk;
      await page.locator(".language").click();
      await page.getByRole("button", { name: /First visit/ }).click();
      assert.deepEqual([...(await seriousOf(page)), ...(await smallTargets(page))], []);
      const fields = page.locator("form.visitor input");
      await fields.nth(0).fill("李四海");
      await fields.nth(1).fill("13800138123");
      await fields.nth(2).check();
      await page.getByRole("button", { name: "Register", exact: true }).click();
      assert.equal((await kiosk.answer()).kind, "registered");
      const kept = await page.evaluate(keptHere);
      assert.doesNotMatch(kept, /13800138123|李四海/);
      await hall.until(async () => (await hall.boss.all(`/customers?text=${encodeURIComponent("李四海")}`)).length === 1, "entered");
      await page.locator("[data-answer] button").click();
      await page.getByRole("button", { name: /First visit/ }).click();
      assert.equal(await fields.nth(0).inputValue(), "");
    });
  });

  it("says that it is out of service, and reads again once it is set up again", async () => {
    await withKiosk({}, async (kiosk, station) => {
      const wang = await hall.member("王五");
      await hall.boss.ask("POST", `/kiosks/${station.id}/revoke`);
      await kiosk.type(wang.text);
      await kiosk.page.locator("[data-closed=out-of-service]").waitFor();
      assert.deepEqual(await seriousOf(kiosk.page), []);
      await kiosk.page.locator("[data-closed] button").click();
      await kiosk.enrol({ number: station.number, code: await hall.boss.codeFor(station.id) });
      await kiosk.settled();
      assert.equal((await kiosk.read(wang.text)).kind, "welcome");
      assert.equal((await hall.arrivalsOf(wang)).length, 1);
    });
  });

  it("is not stuck without a camera, with one that is denied, when the code reader does not load, or with a wrong clock", async () => {
    await withKiosk({}, async (kiosk) => {
      const wang = await hall.member("王六");
      const film = join(folder, "empty.y4m");
      writeFilm(film, [{ text: null, seconds: 2 }]);
      const camera = (state) => kiosk.page.locator(`[data-camera=${state}]`).waitFor({ state: "attached" });
      await camera("missing");
      assert.equal((await kiosk.read(wang.text)).kind, "welcome");
      await kiosk.close();
      await kiosk.open({ camera: "denied" });
      await camera("denied");
      assert.equal((await kiosk.read(wang.text)).kind, "welcome");
      await kiosk.close();
      await kiosk.open({ film, camera: "granted", before: (context) => context.addInitScript(noWebAssembly) });
      await camera("unreadable");
      assert.equal((await kiosk.read(wang.text)).kind, "welcome");
      await kiosk.page.evaluate(() => globalThis.mend());
      await camera("on");
      await kiosk.close();
      kiosk.complaints = kiosk.complaints.filter((line) => !/no WebAssembly today/.test(line));
      const zhao = await hall.member("赵七");
      await kiosk.open({ before: (context) => context.addInitScript(threeHoursAhead) });
      await kiosk.invites();
      await kiosk.page.locator("footer[data-online=true]").waitFor(); // it has asked the server what time it is
      assert.equal((await kiosk.read(zhao.text)).kind, "welcome");
      const [arrival] = await hall.arrivalsOf(zhao);
      assert.equal(arrival.params.late, false);
    });
  });

  it("two who look after visitors without a network: the first has them, the second is told that it was too late", async () => {
    await withKiosk({}, async (kiosk) => {
      const [first, second] = [await hall.member("接待甲"), await hall.member("接待乙")];
      await kiosk.read(first.text);
      await kiosk.read(second.text);
      const phone = new Phone(hall.server.url, { language: "zh-CN" });
      try {
        await phone.open();
        await phone.signIn("li.wang");
        const { page } = phone;
        await page.goto(`${hall.server.url}/app/arrivals`);
        const card = ({ name }) => page.locator("section section", { has: page.getByRole("heading", { name }) });
        await card(second).waitFor();
        await phone.settled();
        await phone.offline(true);
        const waits = (each) => card(each).getByText("您要接待这位客户：等待确认").waitFor();
        for (const each of [first, second]) {
          await card(each).getByRole("button", { name: "我来接待" }).click();
          await waits(each);
        }
        await page.reload();
        for (const each of [first, second]) await waits(each);
        const { items } = await hall.boss.ask("GET", "/arrivals?state=waiting");
        await hall.boss.ask("POST", `/arrivals/${items.find((each) => each.customer_name === second.name).id}/serve`);
        await phone.offline(false);
        await phone.settled();
        await page.getByText(`${second.name}：“我来接待”未被采纳。 已有人接待这位客户。`).waitFor();
        await page.locator("li", { hasText: first.name }).getByText("您").waitFor();
        await page.locator("li", { hasText: second.name }).getByText("陈杰").waitFor();
        await page.getByRole("button", { name: "知道了" }).click();
        await page.getByText("未被采纳").waitFor({ state: "detached" });
        assert.deepEqual([...(await seriousOf(page)), ...(await smallTargets(page)), ...phone.complaints], []);
      } finally {
        await phone.throwAway();
      }
    });
  });
});

/** In the page: all that this browser keeps. */
async function keptHere() {
  const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        const asking = database.transaction(store).objectStore(store).getAll();
        asking.onsuccess = () => resolve(asking.result);
      });
      all.push(JSON.stringify(rows));
    }
    database.close();
  }
  return all.join("\n");
}

/** In the page: code readers do not come up until it is mended. */
function noWebAssembly() {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = () => Promise.reject(new Error("no WebAssembly today"));
  globalThis.mend = () => (WebAssembly.instantiate = instantiate);
}

/** In the page: the machine's clock is wrong. */
function threeHoursAhead() {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 3 * 3_600_000;
}
