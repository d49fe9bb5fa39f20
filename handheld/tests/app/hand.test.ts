/** What the hand's smaller deeds send: each is tried against the shapes, as the workspace does before it keeps anything. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { phoneChanges, phoneForm } from "../../src/app/customers/phone_form";
import type { Phone } from "../../src/app/customers/directory";
import { addressOf, sayNotice } from "../../src/app/inbox/words";
import type { Notice } from "../../src/app/inbox/order";
import { makeOpportunity } from "../../src/app/opportunities/from_visit";
import { askOn } from "../../src/app/questions/asked_on";
import type { Task } from "../../src/app/rows/tasks";
import type { Visit } from "../../src/app/rows/visits";
import { taskChanges, taskDetails } from "../../src/app/tasks/task_details";
import { BLANK, finishVisit } from "../../src/app/visit/log_form";
import { changesOf, detailsOf } from "../../src/app/visit/plan_details";
import { askPosition, type Answer } from "../../src/app/visit/position";
import type { Group, Workspace } from "../../src/device/api";
import { i18n } from "../../src/i18n";
import { Edits } from "../../src/queue/editing";
import { mint, SHAPES } from "../../src/wire";

const ZONE = "Asia/Shanghai";
const NOON = Date.UTC(2026, 10, 27, 4); // of 27 November in Shanghai
const [VISIT, CUSTOMER, PERSON] = ["1", "2", "3"].map((each) => `01930000-0000-7000-8000-00000000000${each}`) as [string, string, string];

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

function edits(build: (group: Group) => unknown) {
  const made = new Edits(SHAPES, () => NOON, mint());
  build(made as unknown as Group);
  return made.made;
}

const visit = (fields: Partial<Visit> = {}): Visit =>
  ({ id: VISIT, planned_on: "2026-11-27", planned_start_at: null, state: "in_progress", customer_id: CUSTOMER, place: null, purpose: null, people: null, ...fields }) as Visit;

describe("the end of a visit", () => {
  const finish = async (answer: Answer | null, form = BLANK) => {
    let found: ReturnType<typeof edits> = [];
    const act = (build: (group: Group) => unknown) => {
      found = edits(build);
      return Promise.resolve(VISIT);
    };
    const workspace = { person: { organisation: { timezone: ZONE } }, act } as unknown as Workspace;
    await finishVisit(workspace, visit(), { customer_id: null, name: "x" }, { ...form, outcome: "met" }, { at: NOON, answer });
    return found[0]!;
  };

  it("goes with the point of leaving, and says the time of the tap", async () => {
    const fix = { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000, accuracy_m: 12, fix_age_s: 3 };
    const { values, effect } = await finish({ fix });
    const point = { out_latitude_e7: 312_304_000, out_longitude_e7: 1_214_737_000, out_accuracy_m: 12, out_fix_age_s: 3 };
    expect(values).toMatchObject({ ended_at: NOON, ...point });
    expect(effect).toMatchObject({ state: "done", ...point });
  });

  it("goes without one where the phone does not say it, or was not asked", async () => {
    for (const answer of [null, { none: "denied" }, { none: "slow" }] as const) {
      expect(Object.keys((await finish(answer)).values)).not.toContain("out_latitude_e7");
    }
  });
});

describe("a position that never comes", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is waited for as long as was said, or until nobody waits", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("window", { isSecureContext: true });
    vi.stubGlobal("navigator", { geolocation: { getCurrentPosition: () => undefined } });
    const slow = askPosition(new AbortController().signal, 8000);
    await vi.advanceTimersByTimeAsync(8000);
    expect(await slow).toEqual({ none: "slow" });
    const waiting = new AbortController();
    const skipped = askPosition(waiting.signal, 8000);
    waiting.abort();
    expect(await skipped).toEqual({ none: "skipped" });
  });
});

it("a plan is changed in what was changed, and back", () => {
  const before = detailsOf(visit({ people: PERSON }), ZONE);
  const form = { ...before, clock: "14:30", place: " 展厅 ", people: null };
  expect(changesOf(before, before, "2026-11-27", ZONE)).toEqual({});
  expect(changesOf(before, form, "2026-11-27", ZONE)).toEqual({ planned_start_at: NOON + 150 * 60_000, place: "展厅", people: null });
  expect(changesOf(form, before, "2026-11-27", ZONE)).toEqual({ planned_start_at: null, place: null, people: PERSON });
  expect(edits((group) => { group.update("visits", VISIT, changesOf(before, form, "2026-11-27", ZONE)); })).toHaveLength(1);
});

it("a task is changed in what was changed, also one that is not sent yet", () => {
  const task = { id: VISIT, text: "送合同", due_on: "2026-11-27" } as Task;
  const before = taskDetails(task, PERSON);
  expect(before).toEqual({ text: "送合同", due_on: "2026-11-27", assignee_id: PERSON, copied_to: null });
  expect(taskChanges(before, { ...before, text: "送合同 " })).toEqual({});
  expect(taskChanges(before, { ...before, due_on: "2026-11-28", assignee_id: CUSTOMER })).toEqual({ due_on: "2026-11-28", assignee_id: CUSTOMER });
});

it("an old number stays, and one that was not touched is not sent as it is shown", () => {
  const before = phoneForm({ number: "+8613800138000", label: null, is_current: true } as Phone);
  expect(phoneChanges(before, before)).toEqual({});
  expect(phoneChanges(before, { ...before, standing: "old", label: " 办公室 " })).toEqual({ is_current: false, label: "办公室" });
});

it("a question goes with the call or the reception it was asked in, to the department; without words there is none", () => {
  const [question, ...none] = edits((group) => {
    askOn(group, CUSTOMER, { activity_id: VISIT }, " 学区？ ");
    askOn(group, CUSTOMER, { reception_id: VISIT }, " ");
    askOn(group, CUSTOMER, { reception_id: VISIT }, undefined);
  });
  expect(none).toEqual([]);
  expect(question!.values).toMatchObject({ customer_id: CUSTOMER, activity_id: VISIT, text: "学区？", cannot_answer: true });
});

describe("one tap makes an opportunity of a visit", () => {
  const made = (fields: Partial<Visit>) => edits((group) => makeOpportunity(group, visit(fields), CUSTOMER, "2026-11-27"))[0]!.values;

  it("named by its result, with the next step that was logged", () => {
    expect(made({ result: "看中三房\n担心首付", next_step: "约看样板间" })).toEqual({
      customer_id: CUSTOMER, visit_id: VISIT, title: "看中三房", next_step: "约看样板间", next_step_on: "2026-11-30",
    });
  });

  it("and can be sent whatever was left out or is too long", () => {
    expect(made({ customer_name: "王小明" })).toMatchObject({ title: "王小明", next_step: "Get in touch again" });
    expect([...(made({ result: "很".repeat(4000), next_step: "长".repeat(1000) })["title"] as string)]).toHaveLength(120);
  });
});

it("a task that is due and what was won lead where they are about", () => {
  const notice = (fields: object) => ({ customer_name: "王小明", ...fields }) as unknown as Notice;
  const due = notice({ topic: "fieldwork.task-due", subject_collection: "tasks", subject_id: "t", params: { due_on: "2026-11-27" } });
  const won = notice({ topic: "customers.opportunity-closed", subject_collection: "opportunities", subject_id: "o", params: { state: "won", by_id: "li" } });
  const words = { nameFor: () => "Li", today: "2026-11-27" };
  expect([addressOf(due), addressOf(won)]).toEqual(["/tasks/t", "/opportunities/o"]);
  expect(new Set([sayNotice(due, words), sayNotice(won, words), sayNotice({ ...won, params: { state: "lost" } }, words)]).size).toBe(3);
});

it("who had something open with customers that another deleted reads whose deed it was and of how many, and opens nothing", () => {
  const went = (count: number) =>
    ({ topic: "fieldwork.work-deleted", subject_collection: null, subject_id: null, customer_name: null, params: { count, by_id: "chen" } }) as unknown as Notice;
  const words = { nameFor: () => "Chen", today: "2026-11-27" };
  expect([1, 3].map((count) => sayNotice(went(count), words))).toEqual([
    "Chen has deleted a customer; what you had open with him went too",
    "Chen has deleted 3 customers; what you had open with them went too",
  ]);
  expect(addressOf(went(1))).toBeNull();
});
