import "fake-indexeddb/auto";
import { afterEach, expect, it } from "vitest";
import { keepOnDisk } from "../../src/kiosk/browser/keep";
import type { Enrolment, Queued } from "../../src/kiosk/station/keep";

const open: { close: () => void }[] = [];
let names = 0;
const disk = (name: string) => {
  const made = keepOnDisk(name);
  open.push(made);
  return made;
};
afterEach(() => open.splice(0).forEach((each) => each.close()));

const reading = (n: number): Queued => ({ n, id: `id-${n}`, signed: `signed-${n}`, digest: `digest-${n}` });
const start = { n: 0, digest: "genesis" };

async function enrolled() {
  const name = `kiosk-${(names += 1)}`;
  const keep = disk(name);
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const enrolment: Enrolment = { organisation: "o", kiosk: "k", enrolment: "e", key: pair.privateKey, jwk };
  await keep.enrol(enrolment, start, []);
  return { name, keep, enrolment };
}

it("is empty at first", async () => {
  expect(await disk("new").load()).toEqual({ enrolment: null, facts: null, head: null, ahead: 0 });
});

it("has all of it again after a restart, the key unable to leave", async () => {
  const { name, keep, enrolment } = await enrolled();
  await keep.append(reading(1), start);
  await keep.setAhead(5_000);
  keep.close();
  const again = disk(name);
  const kept = await again.load();
  expect(kept).toMatchObject({ head: { n: 1, digest: "digest-1" }, ahead: 5_000, enrolment: { kiosk: "k" } });
  expect(await again.waiting(10)).toEqual([reading(1)]);
  const key = kept.enrolment?.key ?? enrolment.key;
  await expect(crypto.subtle.exportKey("pkcs8", key)).rejects.toThrow();
  expect((await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, new Uint8Array(1))).byteLength).toBe(64);
});

it("adds nothing where the chain does not end", async () => {
  const { keep } = await enrolled();
  await keep.append(reading(1), start);
  await expect(keep.append(reading(1), start)).rejects.toThrow();
  expect(await keep.count()).toBe(1);
});

it("gives the oldest first, and forgets what was answered", async () => {
  const { keep } = await enrolled();
  for (let n = 1; n <= 12; n += 1) await keep.append(reading(n), n === 1 ? start : { n: n - 1, digest: `digest-${n - 1}` });
  expect((await keep.waiting(2)).map((each) => each.n)).toEqual([1, 2]);
  await keep.remove([1, 2]);
  expect((await keep.waiting(1_000)).map((each) => each.n)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  await keep.rechain([reading(20)], { n: 20, digest: "digest-20" });
  expect(await keep.count()).toBe(1);
  await keep.append(reading(21), { n: 20, digest: "digest-20" });
});
