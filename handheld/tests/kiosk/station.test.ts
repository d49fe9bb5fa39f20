import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { said } from "../../src/kiosk/station/statements";
import { Bench } from "./bench";
import { CHIP, GENUINE, PHONE, PRINTED } from "./cases";
import { ENROLMENT_CODE } from "./door";

const FOREIGN = PRINTED.not_genuine[0]?.text ?? "";
const WANG = { kind: "welcome", name: "王**", tier: "gold" };
const HOUR = 3_600_000;
let bench: Bench;

beforeEach(async () => {
  bench = await Bench.enrolled();
  bench.door.known.set(GENUINE, { name: "王**", tier: "gold" });
  bench.door.known.set(PHONE, { name: "王**", tier: "gold" });
});

const read = (text: string) => bench.station.read(text, "camera");
const texts = () => [...bench.door.taken.values()].map((each) => each.reading.text);
const opened = () => {
  const state = bench.station.get();
  if (state.kind !== "ready") throw new Error(state.kind);
  return state;
};

/** A phone code of somebody of that number. */
const phone = (number: number): string => PHONE.slice(0, -3) + String(number).padStart(3, "0");

async function back(): Promise<void> {
  bench.door.network = "there";
  bench.station.networkChanged(true);
  await bench.pass(30_000);
}

async function cut(): Promise<void> {
  bench.door.network = "cut";
  bench.station.networkChanged(false);
  await bench.settle();
}

describe("with the network", () => {
  it("greets a member and keeps nothing of it", async () => {
    expect(await read(GENUINE)).toEqual(WANG);
    expect(bench.disk.queue).toEqual([]);
    const [taken] = bench.door.taken.values();
    expect(taken?.reading).toMatchObject({ n: 1, read_at: bench.time, nonce: "nonce", source: "camera" });
    expect(JSON.stringify(bench.disk.kept)).not.toContain("王");
  });

  it.each([FOREIGN, CHIP, "DS2:100KB0*M0DY0W016C1PN1:Y1DK0XXBEXT0F3.$TW1ENX0"])("has one answer for a bad card: %s", async (text) => {
    expect(await read(text)).toEqual({ kind: "refused" });
  });

  it("neither keeps nor sends what is none of ours", async () => {
    expect(await read("weixin://wxpay/bizpayurl?pr=secret")).toEqual({ kind: "refused" });
    expect(bench.door.taken.size).toBe(0);
    expect(bench.disk.kept.head?.n).toBe(0);
  });

  it("numbers readings side by side one after the other", async () => {
    await Promise.all(Array.from({ length: 20 }, () => read(GENUINE)));
    expect(bench.door.orders()).toEqual(Array(20).fill("next"));
  });

  it("answers within four seconds when the server does not, and the visit is not lost", async () => {
    bench.door.network = "slow";
    const answer = read(GENUINE);
    await bench.pass(3_400);
    const early = await Promise.race([answer, Promise.resolve("none yet")]);
    expect(early).toBe("none yet");
    await bench.pass(200);
    expect(await answer).toEqual({ kind: "noted", proved: true });
    bench.door.network = "there";
    await bench.reboot();
    await bench.pass(5_000);
    expect(texts()).toEqual([GENUINE]);
  });

  it("takes a reading once whose answer was lost", async () => {
    bench.door.network = "answers-lost";
    await read(GENUINE);
    await bench.pass(3_000);
    bench.door.network = "there";
    await bench.pass(20_000);
    expect(bench.disk.queue).toEqual([]);
    expect(bench.door.taken.size).toBe(1);
    expect(bench.door.orders()).toEqual(["next"]);
  });

  it("waits as long as a busy server asks for", async () => {
    bench.door.network = "busy";
    await read(GENUINE);
    bench.door.network = "there";
    const before = bench.door.requests.length;
    await bench.pass(29_000);
    expect(bench.door.requests.length).toBe(before);
    await bench.pass(2_000);
    expect(texts()).toEqual([GENUINE]);
  });

  it("renews its session before it ends, so that the next visitor need not wait for one", async () => {
    await bench.pass(2 * HOUR);
    const before = bench.door.requests.length;
    expect(await read(GENUINE)).toEqual(WANG);
    expect(bench.door.requests.slice(before)).toEqual(["/kiosk/v1/readings"]);
    expect(bench.door.requests.filter((path) => path.endsWith("/session")).length).toBeLessThan(14);
  });
});

describe("without the network", () => {
  beforeEach(cut);

  it("notes a printed card that it verified, and a phone code that nobody can verify here", async () => {
    expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
    expect(await read(PHONE)).toEqual({ kind: "noted", proved: false });
    expect(bench.disk.queue.map((each) => said(each.signed).n)).toEqual([1, 2]);
  });

  it("turns a foreign card away, and the office hears of it later", async () => {
    expect(await read(FOREIGN)).toEqual({ kind: "refused" });
    await back();
    expect(texts()).toEqual([FOREIGN]);
  });

  it("notes a card once that is shown again and again for ten minutes", async () => {
    for (const ms of [0, 60_000, 8 * 60_000, 2 * 60_000]) {
      await bench.pass(ms);
      expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
    }
    await back();
    const times = [...bench.door.taken.values()].map((each) => each.reading.read_at);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 11 * 60_000]);
    expect([...bench.door.taken.values()].map((each) => each.reading.nonce)).toEqual([null, null]);
  });

  it("sends all in their order once the network is back, with the times at which they were read", async () => {
    const started = bench.time;
    for (let count = 0; count < 120; count += 1) {
      await read(phone(count));
      bench.time += 1_000;
    }
    await back();
    expect(bench.door.orders()).toEqual(Array(120).fill("next"));
    expect([...bench.door.taken.values()].map((each) => each.reading.read_at - started)).toEqual(
      Array.from({ length: 120 }, (_, place) => place * 1_000),
    );
    expect(opened()).toMatchObject({ online: true, waiting: 0 });
  });

  it("starts without it and goes on with its keys and its chain", async () => {
    await read(GENUINE);
    await bench.reboot();
    await bench.pass(60_000);
    expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
    expect(opened().facts?.sales_centre).toBe("Lakeside");
    bench.door.network = "there";
    await bench.pass(60_000);
    expect(bench.door.orders()).toEqual(["next", "next"]);
  });

  it("holds 500; what is too old to be believed makes room, nothing else does", async () => {
    for (let count = 0; count < 500; count += 1) await read(phone(count));
    expect(await read(GENUINE)).toEqual({ kind: "refused" });
    expect(bench.disk.queue.length).toBe(500);
    bench.time += 25 * HOUR;
    expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
    expect(bench.disk.queue.length).toBe(1);
  });

  it("refuses calmly when the disk fails, and goes on when it works again", async () => {
    bench.disk.isBroken = true;
    expect(await read(GENUINE)).toEqual({ kind: "refused" });
    bench.disk.isBroken = false;
    expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
  });
});

it("notes a card without the network that the server refused a minute ago: it may have been unblocked", async () => {
  bench.door.known.delete(GENUINE);
  expect(await read(GENUINE)).toEqual({ kind: "refused" });
  bench.door.known.set(GENUINE, { name: "王**", tier: "gold" });
  await cut();
  expect(await read(GENUINE)).toEqual({ kind: "noted", proved: true });
  await back();
  expect(texts()).toEqual([GENUINE, GENUINE]);
});

describe("a wrong clock", () => {
  it("is put right by the server, and readings are signed with the right time", async () => {
    bench.wrong = -9 * HOUR;
    await bench.reboot();
    await bench.pass(5_000);
    expect(await read(GENUINE)).toEqual(WANG);
    expect([...bench.door.taken.values()][0]?.reading.read_at).toBe(bench.time);
  });

  it("stays right over a cold start without the network, and when somebody sets the clock back", async () => {
    bench.wrong = 3 * HOUR;
    await bench.reboot();
    await bench.pass(5_000);
    await cut();
    await bench.reboot();
    await read(GENUINE);
    bench.wrong -= 5 * HOUR;
    await read(PHONE);
    expect(bench.disk.queue.map((each) => said(each.signed).read_at)).toEqual([bench.time, bench.time]);
  });
});

describe("taken out of service", () => {
  it.each(["out-of-service", "replaced"] as const)("%s: says so, keeps its queue, and comes back by itself", async (state) => {
    await cut();
    await read(GENUINE);
    bench.door.network = "there";
    bench.door.state = state;
    await bench.pass(60_000);
    expect(opened().closed).toBe(state);
    expect(await read(GENUINE)).toEqual({ kind: "refused" });
    expect(bench.disk.queue.length).toBe(1);
    bench.door.state = "active";
    await bench.pass(120_000);
    expect(opened()).toMatchObject({ closed: null, online: true, waiting: 0 });
    expect(texts()).toEqual([GENUINE]);
  });

  it("hands in under a new key what waited under the old one", async () => {
    await cut();
    await read(GENUINE);
    await read(PHONE);
    bench.door.network = "there";
    bench.door.state = "replaced";
    await bench.pass(60_000);
    expect(await bench.station.enrol("demo", 1, ENROLMENT_CODE)).toBeNull();
    await bench.pass(5_000);
    expect(texts()).toEqual([GENUINE, PHONE]);
    expect(bench.door.orders()).toEqual(["next", "next"]);
    expect(opened()).toMatchObject({ closed: null, waiting: 0 });
  });
});

describe("enrolling", () => {
  it("says why it did not work and stays where it was", async () => {
    const fresh = new Bench();
    await fresh.station.start();
    expect(await fresh.station.enrol("demo", 1, "WRONG")).toBe("accounts.code-refused");
    fresh.door.network = "cut";
    expect(await fresh.station.enrol("demo", 1, ENROLMENT_CODE)).toBe("away");
    expect(fresh.station.get()).toEqual({ kind: "unenrolled" });
  });

  it("keeps a key that cannot be taken out of the browser", () => {
    expect(bench.enrolment?.key.extractable).toBe(false);
    expect(bench.enrolment?.jwk).not.toHaveProperty("d");
  });
});

describe("a visitor who registers", () => {
  const visitor = { id: "01933b6a-0000-7000-8000-00000000f001", name: "李想", phone: "13800000001", consent: "2026-1" };

  it("is handed in, and nothing of him stays here", async () => {
    expect(await bench.station.register(visitor)).toEqual({ kind: "taken" });
    expect(bench.door.visitors).toEqual([visitor]);
    expect(JSON.stringify([bench.disk.kept, bench.disk.queue])).not.toContain("13800000001");
  });

  it("is told when it did not work", async () => {
    await cut();
    expect(await bench.station.register(visitor)).toEqual({ kind: "away" });
  });

  it("is asked again when the text has changed, with the new one", async () => {
    bench.door.consent = "2026-2";
    expect(await bench.station.register(visitor)).toEqual({ kind: "refused", code: "kiosk.consent-outdated" });
    expect(opened().facts?.consent.version).toBe("2026-2");
  });
});

it("is not held up by a reading that the server cannot take", async () => {
  await cut();
  for (const text of [GENUINE, PHONE, CHIP]) await read(text);
  bench.door.poison = PHONE;
  bench.door.network = "there";
  await bench.pass(60_000);
  expect(texts()).toEqual([GENUINE, CHIP]);
  expect(opened().waiting).toBe(0);
});

it("signs again behind what the server has when the browser lost the end of its chain", async () => {
  await read(GENUINE);
  const old = bench.disk.copy();
  await read(GENUINE);
  await read(GENUINE);
  bench.door.network = "cut";
  await bench.reboot(old);
  await read(PHONE);
  await bench.pass(1_000);
  bench.door.network = "there";
  await bench.pass(60_000);
  expect(texts()).toEqual([GENUINE, GENUINE, GENUINE, PHONE]);
  expect(bench.door.orders()).toEqual(Array(4).fill("next"));
  expect(bench.door.forks).toBe(0);
});

it("goes on when the server was put back to a copy: what is missing shows as a gap", async () => {
  await read(GENUINE);
  const copy = new Map(bench.door.taken);
  await read(GENUINE);
  bench.door.restore(copy);
  await bench.reboot();
  await bench.pass(5_000);
  expect(await read(GENUINE)).toEqual(WANG);
  expect(bench.door.orders()).toEqual(["next", "gap"]);
});

it("loses and doubles no visit, whatever the network and the power do", async () => {
  const step = fc.constantFrom("read", "read", "read", "cut", "there", "answers-lost", "reboot", "wait", "long");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      bench = await Bench.enrolled();
      for (let number = 0; number < 20; number += 1) bench.door.known.set(phone(number), { name: "王**", tier: null });
      let shown = 0;
      for (const each of steps) {
        if (each === "read") {
          const answer = read(phone(shown));
          await bench.pass(4_000);
          expect((await answer).kind).not.toBe("refused");
          shown += 1;
        } else if (each === "reboot") await bench.reboot();
        else if (each === "wait") await bench.pass(1_500);
        else if (each === "long") await bench.pass(20 * 60_000);
        else bench.door.network = each;
      }
      bench.door.network = "there";
      await bench.pass(60_000);
      expect(bench.door.orders()).toEqual(Array(shown).fill("next"));
      expect(bench.door.forks).toBe(0);
      expect(opened()).toMatchObject({ online: true, waiting: 0 });
    }),
    { numRuns: 25 },
  );
}, 60_000);
