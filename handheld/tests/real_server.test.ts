/** The whole device, on memory instead of IndexedDB, against the real server. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { directoryOf, twinsOf } from "../src/app/customers/directory";
import { NotSendable, RowGone } from "../src/device/api";
import { Server, thereIsAServer } from "./support/server";
import { Simulated, eventually } from "./support/simulated";

describe.runIf(thereIsAServer)("a device on the real server", { timeout: 60_000 }, () => {
  let server: Server;
  const phones: Simulated[] = [];

  beforeAll(async () => {
    server = await Server.begin();
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

  it("signs in, takes the first sync, and shows what it has without a line after a restart", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("li.wang");
    await workspace.sync.now();
    const customers = await workspace.read((read) => read.all("customers"));
    expect(customers.length).toBeGreaterThan(5);
    mine.online.set(false);
    mine.start();
    const again = (await mine.until("open")).workspace;
    expect(again.person.user.name).toBe(workspace.person.user.name);
    expect(await again.read((read) => read.all("customers"))).toEqual(customers);
  });

  it("keeps what is done without a line, sends it once, and another device sees it", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("li.wang");
    await workspace.sync.now();
    mine.setOnline(false);
    const id = await workspace.act((group) => {
      const customer = group.create("customers", { name: "王小明", id_number: "110105 19491231 002x" });
      group.create("notes", { customer_id: customer, text: "rings back on Monday" });
      return customer;
    });
    expect(await workspace.read((read) => read.get("customers", id))).toMatchObject({ name: "王小明", version: 0, unsent: true });
    let lost = false;
    mine.plan = ({ path }) => {
      if (lost || !path.endsWith("/exchange")) return "ok";
      lost = true;
      return "unheard";
    };
    mine.setOnline(true);
    await eventually(async () => (await workspace.read((read) => read.get("customers", id)))?.unsent === false, "sent");
    await eventually(async () => (await workspace.read((read) => read.get("customers", id)))?.version === 1, "adopted");
    const supervisor = await phone().signedIn("jie.chen");
    await supervisor.sync.now();
    const row = await supervisor.read((read) => read.get("customers", id));
    // Whole, not masked (rule A7): what is typed is compared with it without a line.
    expect(row).toMatchObject({ name: "王小明", id_number: "11010519491231002X", version: 1, unsent: false });
    expect(twinsOf(directoryOf(row ? [row] : [], []), { idNumber: "11010519491231002x" })).toMatchObject([{ why: "id_number" }]);
    const notes = await supervisor.read((read) => read.where("notes", "customer_id", id));
    expect(notes.map((note) => note.text)).toEqual(["rings back on Monday"]);
    // The other way round: he changes it, and the long poll of the first device brings it.
    await supervisor.act((group) => group.update("customers", id, { grade: "A" }));
    await eventually(async () => (await workspace.read((read) => read.get("customers", id)))?.grade === "A", "brought back");
  });

  it("refuses at once what the server would, and lists what the server refused", async () => {
    const workspace = await phone().signedIn("min.zhao");
    await workspace.sync.now();
    const tooLong = workspace.act((group) => group.create("customers", { name: "x".repeat(500) }));
    await expect(tooLong).rejects.toMatchObject({ name: "NotSendable", field: "name", code: "sync.text-too-long" });
    await expect(tooLong).rejects.toBeInstanceOf(NotSendable);
    const nobody = "0199c1a0-0000-7000-8000-000000000001";
    await expect(workspace.act((group) => group.update("customers", nobody, { name: "x" }))).rejects.toBeInstanceOf(RowGone);
    await workspace.act((group) => group.create("notes", { customer_id: nobody, text: "to nobody" }));
    await eventually(async () => (await workspace.read((read) => read.mend())).length === 1, "refused");
    const [mend] = await workspace.read((read) => read.mend());
    expect(mend).toMatchObject({ collection: "notes", action: "create", values: { text: "to nobody" } });
    expect(mend?.code).toBeTruthy();
    if (mend) await workspace.forget(mend);
    expect(await workspace.read((read) => read.mend())).toEqual([]);
  });

  it("corrects a clock that is a day off", async () => {
    const mine = phone();
    mine.clockError = -86_400_000;
    const workspace = await mine.signedIn("na.sun");
    await workspace.sync.now();
    expect(await workspace.read((read) => read.count("customers"))).toBeGreaterThan(0);
  });

  it("says why a sign-in was refused, and asks no more by itself", async () => {
    const mine = phone();
    const refused = await mine.device.signIn({ organisation: "demo", username: "li.wang", password: "wrong" });
    expect(refused).toMatchObject({ done: false, code: "accounts.sign-in-refused" });
    mine.online.set(false);
    const offline = await mine.device.signIn({ organisation: "demo", username: "li.wang", password: "doorstep-demo" });
    expect(offline).toMatchObject({ done: false, code: "offline" });
    expect((await mine.until("signed-out")).people).toEqual([]);
  });

  it("keeps queue and drafts of whoever signs out, and shows them to nobody else", async () => {
    const mine = phone();
    const li = await mine.signedIn("li.wang");
    await li.sync.now();
    mine.setOnline(false);
    await li.act((group) => group.create("customers", { name: "unsent" }));
    await li.drafts.put("visit:1", { text: "half a sen" });
    await mine.device.signOut();
    expect((await mine.until("signed-out")).people).toMatchObject([{ username: "li.wang", unsent: 1 }]);
    mine.setOnline(true);
    const min = await mine.signedIn("min.zhao");
    await min.sync.now();
    expect((await min.read((read) => read.all("customers"))).map((each) => each.name)).not.toContain("unsent");
    expect(await min.drafts.all()).toEqual([]);
    await mine.device.signOut();
    await mine.until("signed-out");
    const again = await mine.signedIn("li.wang");
    expect(await again.read((read) => read.draft("visit:1"))).toEqual({ text: "half a sen" });
    await again.sync.now();
    await eventually(async () => (await again.read((read) => read.all("customers"))).some((each) => each.name === "unsent" && each.version === 1), "sent after all");
  });

  it("gets a new token before the old one ends, also when the answer to that is lost", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("min.zhao");
    await workspace.sync.now();
    const unheard = new Set<string>();
    mine.plan = ({ path }) => {
      if (!path.endsWith("/refresh") || unheard.size > 1) return "ok";
      unheard.add(String(mine.requests.length));
      return "unheard";
    };
    mine.clockError = 16 * 60_000; // the token has ended by this clock, which is also too fast for a proof
    const id = await workspace.act((group) => group.create("customers", { name: "after a break" }));
    await eventually(async () => (await workspace.read((read) => read.get("customers", id)))?.version === 1, "sent");
    const refreshes = mine.requests.filter(({ path }) => path.endsWith("/refresh")).map(({ body }) => body);
    expect(refreshes.length).toBeGreaterThanOrEqual(3);
    expect(new Set(refreshes.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(workspace.sync.status.get()?.trouble ?? null).toBeNull();
  });

  it("goes on working when its session has ended, asks for a sign-in, and then sends all of it", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("min.zhao");
    await workspace.sync.now();
    const end = workspace.sync.status.subscribe(() => undefined);
    const token = mine.requests.find(({ path }) => path.endsWith("/exchange"))?.headers?.authorization ?? "";
    await fetch(`${server.origin}/mobile/v1/session`, { method: "DELETE", headers: { authorization: token } });
    const id = await workspace.act((group) => group.create("customers", { name: "meanwhile" }));
    await eventually(() => workspace.sync.status.get()?.trouble?.kind === "sign-in", "asked to sign in");
    await workspace.act((group) => group.update("customers", id, { grade: "B" }));
    await eventually(() => workspace.sync.status.get()?.unsent === 2, "both kept");
    expect((await mine.signedIn("min.zhao")).person).toEqual(workspace.person);
    await eventually(() => workspace.sync.status.get()?.unsent === 0, "sent");
    await eventually(() => workspace.sync.status.get()?.trouble === null, "no trouble any more");
    end();
  });

  it("sends once what it has, over a server that is killed in the middle", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("li.wang");
    await workspace.sync.now();
    mine.setOnline(false);
    const names = Array.from({ length: 250 }, (_, place) => `killed ${String(place).padStart(3, "0")}`);
    for (const name of names) await workspace.act((group) => group.create("customers", { name }));
    let exchanges = 0;
    let killed = (): Promise<void> => Promise.reject(new Error("not yet"));
    mine.plan = ({ path }) => {
      if (path.endsWith("/exchange") && (exchanges += 1) === 2) {
        const restarted = server.killAndRestart();
        killed = () => restarted;
      }
      return "ok";
    };
    mine.setOnline(true);
    await eventually(() => exchanges >= 2, "killed");
    await killed();
    await eventually(async () => (await workspace.read((read) => read.mend())).length === 0 && (await unsent()) === 0, "sent", 40_000);
    async function unsent(): Promise<number> {
      const rows = await workspace.read((read) => read.all("customers"));
      return rows.filter((row) => row.unsent || row.version === 0).length;
    }
    const other = await phone().signedIn("li.wang");
    await other.sync.now();
    const arrived = (await other.read((read) => read.all("customers"))).map((row) => row.name).filter((name) => name.startsWith("killed"));
    expect(arrived.sort()).toEqual(names);
  });

  it("is one device in two tabs: one of them syncs, both see it, and the other takes over", async () => {
    const first = phone();
    const one = await first.signedIn("na.sun");
    await one.sync.now();
    const second = new Simulated(server.origin, first);
    phones.push(second);
    const other = (await second.until("open")).workspace;
    const id = await other.act((group) => group.create("customers", { name: "from the second tab" }));
    await eventually(async () => (await one.read((read) => read.get("customers", id)))?.version === 1, "sent by the first");
    const exchanges = (tab: Simulated) => tab.requests.filter(({ path }) => path.endsWith("/exchange")).length;
    expect(exchanges(second)).toBe(0);
    first.stop();
    await eventually(() => exchanges(second) > 0, "taken over");
    await other.act((group) => group.update("customers", id, { grade: "A" }));
    await eventually(async () => (await other.read((read) => read.get("customers", id)))?.version === 2, "sent by the second");
    first.start();
    await first.until("open");
    await second.device.signOut();
    await first.until("signed-out");
    await second.until("signed-out");
  });

  it("sends a picture after the operations, over a cut, and the server has it for good", async () => {
    const mine = phone();
    const workspace = await mine.signedIn("li.wang");
    await workspace.sync.now();
    let cut = false;
    mine.plan = ({ method }) => {
      if (cut || method !== "PATCH") return "ok";
      cut = true;
      return "unheard";
    };
    const bytes = readFileSync(new URL("../public/icon-512.png", import.meta.url));
    const { sha256 } = await workspace.files.keep(new Blob([bytes], { type: "image/png" }));
    await eventually(async () => (await workspace.read((read) => read.file(sha256)))?.state === "sent", "sent");
    expect(cut).toBe(true);
    const answer = await workspace.ask("GET", `/api/v1/files/${sha256}`);
    expect(answer).toMatchObject({ offline: false, status: 200 });
  });
});
