/** Customers deleted, restored and handed over, and targets set, without a network: what stands on show at once, and what is sent. */
import { beforeAll, expect, it } from "vitest";
import { deletedHere, listed, restorableUntil, type Told } from "../../src/app/customers/restoring";
import { deleteTogether, goingBack, goingTo, handOverTogether, keptHere, restoreTogether } from "../../src/app/customers/together";
import type { Customer } from "../../src/app/customers/directory";
import { setTargets, type Amounts } from "../../src/app/targets/targets";
import type { Group, Workspace } from "../../src/device/api";
import { readerOf } from "../../src/device/reading";
import { i18n } from "../../src/i18n";
import { Edits, queue } from "../../src/queue/editing";
import { MemoryStorage } from "../../src/storage/memory";
import { StateDraft } from "../../src/store/draft";
import type { Entry } from "../../src/store/records";
import { loadState } from "../../src/store/state";
import { mint, SHAPES } from "../../src/wire";
import { rowKey } from "../../src/wire/pages";

const [LI, NA, WANG, JIE, ZHAO] = ["1", "2", "3", "4", "5"].map((each) => `01930000-0000-7000-8000-00000000000${each}`) as [string, string, string, string, string];
const ZONE = "Asia/Shanghai";
const NOON = Date.UTC(2026, 10, 27, 4);

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

async function hand() {
  const storage = new MemoryStorage();
  let clock = NOON;
  const workspace = {
    act: async (build: (group: Group) => unknown) => {
      const edits = new Edits(SHAPES, () => (clock += 1), mint());
      const result = build(edits as unknown as Group);
      await storage.change((writes) => queue(writes, edits.made));
      return result;
    },
    read: <T>(work: (read: ReturnType<typeof readerOf>) => Promise<T>) => storage.read((reads) => work(readerOf(reads))),
  } as unknown as Workspace;
  /** As a checkpoint gives or takes it. */
  const hold = (collection: string, id: string, values: Record<string, unknown> | null) =>
    storage.change(async (writes) => {
      const draft = new StateDraft(await loadState(writes));
      draft.hold(rowKey(collection, id), values && { version: 3, values: values, buckets: ["b"] });
      await draft.commit(writes);
    });
  await hold("customers", LI, { name: "Li", owner_id: WANG, stage: "visited" });
  await hold("customers", NA, { name: "Na", owner_id: ZHAO, stage: "won" });
  const sent = async (): Promise<Entry[]> => [...(await storage.read(loadState)).entries.values()];
  const names = async () => (await workspace.read((read) => read.all("customers"))).map((each) => each.name);
  return { workspace, hold, sent, names };
}

it("who is deleted is gone at once, stands among the deleted, and is back at once, in one local transaction each", async () => {
  const { workspace, names, sent } = await hand();
  const here = () => workspace.read((read) => deletedHere(read, [])).then((found) => listed(found, [], JIE, ZONE));
  await deleteTogether(workspace, [LI, NA]);
  expect(await names()).toEqual([]);
  expect((await here()).map(({ name, owner_id, at }) => [name, owner_id, at])).toEqual([["Na", ZHAO, null], ["Li", WANG, null]]);
  expect(await restoreTogether(workspace, [LI]), "he is here").toBe(true);
  expect([await names(), (await here()).map((each) => each.name)]).toEqual([["Li"], ["Na"]]);
  const made = await sent();
  expect(made.map((each) => [each.action, each.group])).toEqual([["delete", 1], ["delete", 1], ["restore", 2]]);
  expect(new Set(made.filter((each) => each.group === 1).map((each) => each.made_at)).size).toBe(1);
});

it("who was deleted and sent stands there for thirty days, and of one restored it is said while it waits", async () => {
  const { workspace, hold, names } = await hand();
  await hold("customers", LI, null);
  await hold("deleted_customers", LI, { name: "Li", owner_id: WANG, created_at: NOON });
  const theirs: Told = { id: ZHAO, name: "Zhao", owner_id: WANG, deleted_by: WANG, deleted_at: "2026-11-28T00:00:00Z", restorable_until: "2026-12-27" };
  const mine: Told = { ...theirs, id: LI, name: "Li" };
  const here = () => workspace.read((read) => deletedHere(read, [theirs, mine])).then((found) => listed(found, [theirs, mine], JIE, ZONE));
  expect((await here()).map(({ id, deleted_by, until, restoring }) => [id, deleted_by, until, restoring])).toEqual([
    [ZHAO, WANG, "2026-12-27", false],
    [LI, JIE, "2026-12-26", false],
  ]);
  expect(await restoreTogether(workspace, [LI, ZHAO]), "they come when the office has answered").toBe(false);
  expect((await here()).map((each) => each.restoring)).toEqual([true, true]);
  expect(await names()).toEqual(["Na"]);
  expect(restorableUntil(Date.UTC(2026, 0, 1, 16), ZONE)).toBe("2026-01-31");
});

it("what is handed over says whose it was, and taken back goes to him again", async () => {
  const { workspace, sent } = await hand();
  const customers = await workspace.read((read) => read.all("customers"));
  expect(keptHere(customers).map((each) => each.name)).toEqual(["Na"]);
  const going = goingTo([...customers, { id: JIE } as Customer], ZHAO);
  await handOverTogether(workspace, going.slice(0, 2), "leaves");
  expect((await workspace.read((read) => read.get("customers", LI)))?.owner_id).toBe(ZHAO);
  expect(goingBack(going)).toEqual([{ id: LI, from: ZHAO, to: WANG }]);
  await handOverTogether(workspace, goingBack(going), "back");
  expect((await sent()).map(({ row, values }) => [row, values.from_id, values.to_id])).toEqual([[LI, WANG, ZHAO], [NA, ZHAO, ZHAO], [LI, ZHAO, WANG]]);
});

it("targets are set, changed, taken away and all of it taken back", async () => {
  const { workspace, sent } = await hand();
  const standing = async () =>
    Object.fromEntries((await workspace.read((read) => read.all("targets"))).map((each) => [each.measure, each.amount]));
  const [none, first, second] = [{ visits: 0, won_amount: 0 }, { visits: 40, won_amount: 0 }, { visits: 50, won_amount: 900 }];
  const set = (before: Amounts, after: Amounts) => setTargets(workspace, WANG, "2026-11-01", before, after);
  await set(none, first);
  await set(first, second);
  expect(await standing()).toEqual(second);
  await set(second, first);
  expect(await standing()).toEqual({ visits: 40 });
  await set(first, none);
  expect(await standing()).toEqual({});
  await set(none, first);
  await set(second, none); // taken back after a colleague has set it
  expect(await standing()).toEqual({ visits: 40 });
  expect((await sent()).map((each) => each.action)).toEqual(["create", "update", "create", "update", "delete", "delete", "create"]);
});
