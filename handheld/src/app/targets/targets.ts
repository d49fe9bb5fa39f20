/**
 * What somebody is to reach in a month, and what he has done, as the server counts it too (server/fieldwork/targets): the same
 * cases are recorded for both in tests/server/fieldwork/cases/targets.json. Pure but for reading.
 */
import type { Reader, Shown, Workspace } from "../../device/api";
import { dayOn, type Visit } from "../rows/visits";
import { complete } from "../team/team";
import { addDays, monthAfter } from "../words/times";

export type Target = Shown<"targets">;
export type Measure = Target["measure"];

export interface Happened {
  readonly visits: readonly { assignee_id: string; day_on: string; state: string }[];
  readonly opportunities: readonly { closed_by: string | null; closed_on: string | null; state: string; amount_minor: number | null; currency: string }[];
}

export interface Progress {
  readonly amount: number;
  readonly done: number;
  /** What is still wanting; 0 when there is as much, or more. */
  readonly gap: number;
}

/** The days of the month that a day is in. */
export function daysOf(day: string): readonly [string, string] {
  const month = day.slice(0, 7);
  return [`${month}-01`, addDays(`${monthAfter(month, 1)}-01`, -1)];
}

export function progressOf(target: Pick<Target, "month_on" | "measure" | "amount">, me: string, currency: string, rows: Happened): Progress {
  const [first, last] = daysOf(target.month_on);
  const holds = (day: string | null) => day !== null && day >= first && day <= last;
  const done =
    target.measure === "visits"
      ? rows.visits.filter((each) => each.assignee_id === me && each.state === "done" && holds(each.day_on)).length
      : rows.opportunities
          .filter((each) => each.closed_by === me && each.state === "won" && each.currency === currency && holds(each.closed_on))
          .reduce((sum, each) => sum + (each.amount_minor ?? 0), 0);
  return { amount: target.amount, done, gap: Math.max(0, target.amount - done) };
}

/** One's own targets of the month that a day is in, visits first, from what is on this device; what is not sent yet counts. */
export async function ownTargets(read: Reader, me: string, day: string, zone: string, currency: string): Promise<{ target: Target; progress: Progress }[]> {
  const [first, last] = daysOf(day);
  const targets = (await read.where("targets", "month_on", first)).filter((each) => each.owner_id === me);
  if (targets.length === 0) return [];
  const [here, planned, opportunities] = await Promise.all([
    read.between("visits", "day_on", first, last),
    read.between("visits", "planned_on", first, last),
    read.between("opportunities", "closed_on", first, last),
  ]);
  const now = Date.now();
  const visits = [...new Map<string, Visit>([...here, ...planned].map((each) => [each.id, each])).values()];
  const rows = {
    visits: visits.map((each) => ({ ...complete(each, me), day_on: dayOn(each, zone, now) })),
    opportunities: opportunities.map((each) => ({ ...each, currency: (each.currency as string | undefined) ?? currency, amount_minor: each.amount_minor ?? null })),
  };
  return targets
    .sort((one, other) => (one.measure < other.measure ? -1 : 1))
    .map((target) => ({ target, progress: progressOf(target, me, currency, rows) }));
}

/** Whose target of a month is what: person → measure → row. */
export function targetsByPerson(targets: readonly Target[]): ReadonlyMap<string, Partial<Record<Measure, Target>>> {
  const found = new Map<string, Partial<Record<Measure, Target>>>();
  for (const each of targets) found.set(each.owner_id, { ...found.get(each.owner_id), [each.measure]: each });
  return found;
}

export type Amounts = Readonly<Record<Measure, number>>;

/**
 * Sets what differs from what stood, 0 taking a target away; one local transaction. What does not stand at `before` any more, as
 * a colleague has set it meanwhile, is left alone. Taken back by the same with the two exchanged.
 */
export async function setTargets(workspace: Workspace, owner_id: string, month_on: string, before: Amounts, after: Amounts): Promise<void> {
  const ofMonth = await workspace.read((read) => read.where("targets", "month_on", month_on));
  const standing = targetsByPerson(ofMonth).get(owner_id) ?? {};
  await workspace.act((group) => {
    for (const measure of Object.keys(after) as Measure[]) {
      const [known, amount] = [standing[measure], after[measure]];
      if (amount === before[measure] || before[measure] !== (known?.amount ?? 0)) continue;
      if (!known) group.create("targets", { owner_id, month_on, measure, amount });
      else if (amount > 0) group.update("targets", known.id, { amount });
      else group.delete("targets", known.id);
    }
  });
}
