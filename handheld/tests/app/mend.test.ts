import { beforeAll, describe, expect, it } from "vitest";
import type { MendItem, Reader } from "../../src/device/api";
import { sendAgain, sendWithout, troubles, type Issue } from "../../src/app/mend/items";
import type { Workspace } from "../../src/device/api";
import { i18n } from "../../src/i18n";

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

const item = (serial: number, collection: string, action: string, code: string, made_at = 1): MendItem =>
  ({ serial, collection, action, row: `${collection}-row`, values: {}, made_at, verdict: "rejected", code, params: {} }) as MendItem;

const issue = (id: string, collection: string, code: string, fields: Partial<Issue> = {}): Issue =>
  ({ id, n: Number(id), enrolment_id: "e", verdict: "rejected", collection, action: "create", row_id: `${collection}-row`, code, params: {}, attempted: {}, kept: {}, made_at: 1, state: "open", ...fields }) as Issue;

const reading = (mend: MendItem[], issues: Issue[]): Reader =>
  ({ mend: () => Promise.resolve(mend), all: () => Promise.resolve(issues) }) as unknown as Reader;

it("a deed that was refused as one is one thing to mend, the cause first, the server's copy not beside it", async () => {
  const mend = [item(1, "customers", "create", "sync.group-failed"), item(2, "customer_phones", "create", "customers.phone-invalid")];
  const found = await troubles(reading(mend, [issue("1", "customers", "sync.group-failed"), issue("2", "customer_phones", "customers.phone-invalid")]));
  expect(found.map((each) => [each.collection, each.heldBack.map((held) => held.collection), each.issues.length])).toEqual([
    ["customer_phones", ["customers"], 2],
  ]);
});

it("of another device too; a clash stands alone with both values; what was seen to is gone", async () => {
  const found = await troubles(
    reading([], [
      issue("1", "customers", "sync.group-failed"),
      issue("2", "customer_phones", "customers.phone-invalid"),
      issue("3", "customers", "sync.clash", { verdict: "conflict", action: "update", attempted: { grade: "A" }, kept: { grade: "C" } }),
      issue("4", "notes", "customers.text-required", { state: "dismissed" }),
    ]),
  );
  expect(found.map((each) => [each.collection, each.heldBack.length, each.kept])).toEqual([
    ["customer_phones", 1, null],
    ["customers", 0, { grade: "C" }],
  ]);
});

it("sent again it goes in the order it was made, with its ids, and leaves both lists", async () => {
  const done: unknown[] = [];
  const group = {
    create: (...given: unknown[]) => done.push(["create", ...given]),
    act: (...given: unknown[]) => done.push(["act", ...given]),
  };
  const workspace = {
    act: (build: (group: unknown) => void) => Promise.resolve(build(group)),
    forget: (each: MendItem) => Promise.resolve(done.push(["forget", each.serial])),
  } as unknown as Workspace;
  const mend = [item(1, "customers", "create", "sync.group-failed"), item(2, "customer_phones", "create", "customers.phone-invalid")];
  const [trouble] = await troubles(reading(mend, [issue("7", "customers", "sync.group-failed")]));
  if (!trouble) throw new Error("nothing found");
  await sendAgain(workspace, trouble, { number: "13800138000" });
  expect(done).toEqual([
    ["create", "customers", {}, "customers-row"],
    ["create", "customer_phones", { number: "13800138000" }, "customer_phones-row"],
    ["forget", 1],
    ["forget", 2],
    ["act", "sync_issues", "dismiss", "7", {}, { state: "dismissed" }],
  ]);
});

describe("of several customers the others are sent again without who stands in the way", () => {
  const names: Record<string, string> = { li: "Li", na: "Na", zhang: "张三" };
  const here = (mend: MendItem[], ...ids: string[]): Reader =>
    ({ ...reading(mend, []), get: (_: string, id: string) => Promise.resolve(ids.includes(id) ? { id, name: names[id] } : undefined) }) as unknown as Reader;
  const deed = (action: string, code: string, params: Readonly<Record<string, unknown>>, ...rows: string[]): MendItem[] =>
    rows.map((row, place) => ({ ...item(place + 1, "customers", action, place === 0 ? code : "sync.group-failed"), row, values: { place }, params: place === 0 ? params : {} }));
  const isKept = { customers: ["zhang", "na"], names: ["张三", "Na"], reasons: ["won", "member"] };

  it.each([
    ["who is at fault", deed("hand_over", "core.not-found", {}, "zhang", "li", "na"), ["zhang", "li", "na"], ["张三"], ["li", "na"]],
    ["all who are protected", deed("delete", "customers.protected", isKept, "zhang", "li", "na"), ["zhang", "li", "na"], ["张三", "Na"], ["li"]],
    ["who is not here any more either", deed("delete", "customers.merged", {}, "zhang", "li", "na"), ["li"], ["", ""], ["li"]],
    ["those to be restored are on no device", deed("restore", "core.not-found", {}, "zhang", "li"), [], [""], ["li"]],
    ["nobody else is left", deed("delete", "customers.protected", isKept, "zhang", "na"), ["zhang", "na"], null, null],
    ["it was one", deed("delete", "customers.protected", {}, "zhang"), ["zhang"], null, null],
    ["what hangs together is never parted", [...deed("create", "customers.name-required", {}, "zhang"), item(2, "customer_phones", "create", "sync.group-failed")], [], null, null],
  ])("%s", async (_, mend, ids, without, rest) => {
    const [trouble] = await troubles(here(mend, ...ids));
    expect([trouble?.others?.without ?? null, trouble?.others?.rest.map((each) => each.row) ?? null]).toEqual([without, rest]);
  });

  it("as one deed, in its order, and all of it leaves the list", async () => {
    const done: unknown[] = [];
    const workspace = {
      act: (build: (group: unknown) => void) => Promise.resolve(build({ act: (...given: unknown[]) => done.push(given.slice(1, 4)) })),
      forget: (each: MendItem) => Promise.resolve(done.push(["forget", each.serial])),
    } as unknown as Workspace;
    const [trouble] = await troubles(here(deed("hand_over", "core.not-found", {}, "zhang", "li", "na"), "zhang", "li", "na"));
    if (!trouble) throw new Error("nothing found");
    await sendWithout(workspace, trouble);
    expect(done).toEqual([["hand_over", "li", { place: 1 }], ["hand_over", "na", { place: 2 }], ["forget", 1], ["forget", 2], ["forget", 3]]);
  });
});

describe("what was refused because its customer was gone", () => {
  const here = (...ids: string[]) => (mend: MendItem[]): Reader =>
    ({ mend: () => Promise.resolve(mend), all: () => Promise.resolve([]), get: (_: string, id: string) => Promise.resolve(ids.includes(id) ? { id } : undefined) }) as unknown as Reader;
  const late = (change: Partial<MendItem>): MendItem => ({ ...item(1, "notes", "create", "customers.deleted"), values: { customer_id: "wang", text: "x" }, ...change });
  const again = async (read: Reader) => (await troubles(read)).map((each) => each.again);

  it.each([
    ["a note, while he is deleted", here(), late({}), null],
    ["a note, after he was restored", here("wang"), late({}), "notes-row"],
    ["a note for one who had gone into him, while he is deleted", here(), late({ params: { into_id: "kept" } }), null],
    ["a note for one who had gone into him, after he was restored", here("kept"), late({ params: { into_id: "kept" } }), "notes-row"],
    ["a visit that came back with him", here("visits-row"), late({ collection: "visits", action: "finish", row: "visits-row", values: {}, code: "core.not-found" }), "visits-row"],
    ["a visit that is not here", here("wang"), late({ collection: "visits", action: "finish", row: "visits-row", values: {}, code: "core.not-found" }), null],
    ["a row that is here and misses something else", here("visits-row"), late({ collection: "visits", action: "update", row: "visits-row", values: {}, code: "core.not-found", params: { field: "/values/plan_id" } }), null],
    ["what misses something else", here("wang"), late({ code: "core.not-found", params: { field: "/values/plan_id" } }), null],
    ["an edit of one who was merged, on who stands for both", here("kept"), late({ collection: "customers", action: "update", row: "gone", values: { grade: "A" }, code: "customers.merged", params: { into_id: "kept" } }), "kept"],
    ["an edit of one who had gone into one who was deleted, on that one", here("kept"), late({ collection: "customers", action: "update", row: "gone", values: { grade: "A" }, code: "customers.deleted", params: { into_id: "kept" } }), "kept"],
    ["what has to be looked at", here("wang"), late({ code: "customers.text-required" }), null],
  ])("%s", async (_, reading, mend, expected) => {
    expect(await again(reading([mend]))).toEqual([expected]);
  });
});
