/** A device that is shut out, on the real server: nothing that was typed is lost, and what has to go goes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBacklog } from "../src/sync/status";
import { Server, thereIsAServer } from "./support/server";
import { Simulated, eventually, type Fate } from "./support/simulated";

describe.runIf(thereIsAServer)("a revoked device", { timeout: 60_000 }, () => {
  let server: Server;
  const phones: Simulated[] = [];

  beforeAll(async () => {
    server = await Server.begin();
    office = await server.office("admin");
  }, 90_000);
  afterAll(() => server.end());
  afterEach(() => {
    for (const phone of phones.splice(0)) phone.stop();
  });

  function phone(): Simulated {
    const made = new Simulated(server.origin);
    phones.push(made);
    return made;
  }

  let office: (method: "GET" | "POST", path: string) => Promise<unknown>;

  /** The newest device: each test begins with a new one. */
  async function newest(): Promise<{ id: string; state: string }> {
    const { items } = (await office("GET", "/devices?limit=200")) as { items: { id: string; state: string }[] };
    const last = items.sort((one, other) => (one.id < other.id ? 1 : -1))[0];
    if (!last) throw new Error("no device");
    return { id: last.id, state: last.state };
  }

  async function inQuarantine(): Promise<string[]> {
    const { items } = (await office("GET", "/quarantine?limit=200")) as { items: { id: string }[] };
    const queues = await Promise.all(
      items.map(async ({ id }) => (await office("GET", `/quarantine/${id}`)) as { operations: { values: { name: string } }[] }),
    );
    return queues.flatMap((queue) => queue.operations.map((each) => each.values.name)).sort();
  }

  async function withQueue(mine: Simulated, username: string, names: readonly string[]): Promise<void> {
    const workspace = await mine.signedIn(username);
    await workspace.sync.now();
    mine.setOnline(false);
    for (const name of names) await workspace.act((group) => group.create("customers", { name }));
    await workspace.drafts.put("visit:1", { text: "half" });
  }

  it("hands in its queue, shows no rows any more, and can begin anew", async () => {
    const mine = phone();
    await withQueue(mine, "li.wang", ["A1", "A2"]);
    await office("POST", `/devices/${(await newest()).id}/revoke`);
    mine.setOnline(true);
    await eventually(() => {
      const state = mine.device.state.get();
      return state.kind === "revoked" && state.handedIn;
    }, "handed in");
    expect(mine.device.state.get()).toMatchObject({ kind: "revoked", wipe: false, person: { username: "li.wang" } });
    expect(await inQuarantine()).toEqual(["A1", "A2"]);
    mine.start();
    expect((await mine.until("revoked")).handedIn).toBe(true);
    await mine.device.beginAnew();
    await mine.until("signed-out");
    const again = await mine.signedIn("li.wang");
    await again.sync.now();
    expect(await again.read((read) => read.count("customers"))).toBeGreaterThan(0);
    expect(await again.drafts.all()).toEqual([]);
  });

  it.each<[string, (path: string, method: string) => boolean]>([
    ["an undisturbed line", () => false],
    ["the first answer of each door lost", () => true],
    ["the last word's answer lost", (path, method) => path.endsWith("/wipe") && method === "POST"],
  ])("that has to be wiped hands in everybody's queue, empties itself and says so, over %s", async (name, isHit) => {
    const mine = phone();
    const tag = name.slice(-9);
    await withQueue(mine, "min.zhao", [`${tag} B1`]);
    await mine.device.signOut();
    await mine.until("signed-out");
    mine.setOnline(true);
    await withQueue(mine, "na.sun", [`${tag} C1`, `${tag} C2`]);
    await office("POST", `/devices/${(await newest()).id}/wipe`);
    const hit = new Set<string>();
    mine.plan = ({ path, method }): Fate => {
      const door = `${method} ${path}`;
      if (!path.includes("/device/") || hit.has(door) || !isHit(path, method)) return "ok";
      hit.add(door);
      return "unheard";
    };
    const before = (await newest()).id;
    mine.setOnline(true);
    await eventually(() => mine.device.state.get().kind === "signed-out", "wiped");
    expect(await inQuarantine()).toEqual(expect.arrayContaining([`${tag} B1`, `${tag} C1`, `${tag} C2`]));
    expect(await newest()).toEqual({ id: before, state: "wiped" });
    expect([...mine.stores.keys()]).toEqual(["device"]);
    expect((await mine.until("signed-out")).people).toEqual([]);
    // A new key, a new device: whoever may, signs in again.
    const again = await mine.signedIn("na.sun");
    await again.sync.now();
    expect((await newest()).id).not.toBe(before);
  });

  it("dies anywhere on its way out and still comes to the end", async () => {
    const mine = phone();
    await withQueue(mine, "li.wang", ["D1", "D2", "D3"]);
    await office("POST", `/devices/${(await newest()).id}/wipe`);
    let cuts = 0;
    mine.plan = ({ path }): Fate => {
      if (!path.includes("/device/") || cuts >= 6) return "ok";
      cuts += 1;
      setTimeout(() => mine.start(), 0);
      return cuts % 2 === 0 ? "unheard" : "lost";
    };
    mine.setOnline(true);
    await eventually(() => mine.device.state.get().kind === "signed-out", "wiped");
    expect(cuts).toBe(6);
    expect((await inQuarantine()).filter((name) => name.startsWith("D"))).toEqual(["D1", "D2", "D3"]);
    expect((await newest()).state).toBe("wiped");
  });

  it("that was only signed out keeps what is unsent", async () => {
    const mine = phone();
    await withQueue(mine, "hong.wu", ["E1"]);
    await mine.device.signOut();
    await mine.until("signed-out");
    const store = [...mine.stores].find(([key]) => key.startsWith("person-"))?.[1];
    expect((await store?.read(readBacklog))?.unsent).toBe(1);
  });
});
