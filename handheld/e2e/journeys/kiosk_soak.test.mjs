// Scenario 6: readings one after the other with wrong cards among them, a lost card, the cable pulled, keyboard layouts switched, the
// machine restarted. No screen is stuck, and every visit is on its timeline once. 500 of them in `make test-deep`, 60 in `make test`.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { Hall } from "../support/hall.mjs";

const READS = process.env.DOORSTEP_TEST_DEEP ? 500 : 60;
const MEMBERS = Math.ceil(READS / 5);
const LAYOUTS = ["us", "fr", "caps", "ime"];
const WRONG = ["6901234567892", "wxp://f2f0abcdefghijklmnop", "DS1:NOT A CARD", "https://example.com/?picc_data=00"];
let hall;

before(async () => {
  hall = await Hall.open();
});
after(() => hall?.close());

it(`stands ${READS} readings`, { timeout: READS * 4_000 + 120_000 }, async () => {
  const { kiosk, station } = await hall.kiosk();
  try {
    const members = [];
    for (let count = 0; count < MEMBERS; count += 1) members.push(await hall.member(`会员${count}`));
    const lost = await hall.member("遗失");
    await hall.li.lose(lost.card);
    const random = lcg(20261127);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const came = new Set();
    let layout = "us";
    let isOff = false;
    for (let count = 0; count < READS; count += 1) {
      if (count % 17 === 16) await kiosk.offline((isOff = !isOff));
      if (count % 11 === 10) layout = pick(LAYOUTS);
      if (count % 40 === 39) {
        await kiosk.close();
        await kiosk.open({ offline: isOff });
        await kiosk.invites();
      }
      const what = random();
      if (what < 0.2) {
        assert.equal((await kiosk.read(pick(WRONG), layout)).kind, "refused");
      } else if (what < 0.3) {
        const { kind } = await kiosk.read(lost.text, layout);
        // Without the network it is a genuine card, and nothing more is known.
        assert.ok(kind === "refused" || kind === "noted", kind);
      } else {
        const member = count < MEMBERS ? members[count] : pick(members);
        came.add(member);
        const { kind } = await kiosk.read(member.text, layout);
        assert.ok(kind === "welcome" || kind === "noted", `${count} ${layout}: ${kind}`);
      }
    }
    await kiosk.offline(false);
    await kiosk.settled();
    await kiosk.invites();
    for (const member of members) {
      const arrivals = await hall.arrivalsOf(member);
      // Within ten minutes it is one arrival, however often somebody shows his card.
      assert.ok(came.has(member) ? arrivals.length >= 1 : arrivals.length === 0, `${member.name}: ${arrivals.length}`);
      assert.ok(READS > 100 || arrivals.length <= 1, `${member.name}: ${arrivals.length}`);
    }
    assert.equal((await hall.arrivalsOf(lost)).length, 0);
    const readings = await hall.readingsOf(station);
    assert.deepEqual(readings.map((each) => each.n), readings.map((_, place) => place + 1));
    assert.deepEqual(new Set(readings.map((each) => each.chain)), new Set(["next"]));
    assert.deepEqual(kiosk.complaints, []);
  } finally {
    await kiosk.throwAway();
  }
});

function lcg(seed) {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
}
