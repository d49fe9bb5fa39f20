/** A device that is shut out: its queue is handed in, it empties itself when it has to, and says so (docs/protocol.md §3). */
import { nextBatch, toWire } from "../queue/entries";
import type { Storage } from "../store/ports";
import type { Entry } from "../store/records";
import { loadState, pendingOf } from "../store/state";
import type { Members } from "../wire/reading";
import { isObject } from "../wire/reading";
import { askWithProof, type Context, type Told } from "./asking";
import type { PersonRecord, Revocation } from "./vault";

const PART_OPERATIONS = 500;
const PART_BYTES = 1_000_000;

/** Whether an answer says that the device is shut out, and whether it has to empty itself. */
export function isRevoked(told: Pick<Told, "status" | "code" | "document">): { readonly wipe: boolean } | null {
  if (told.status !== 403 || told.code !== "accounts.device-revoked") return null;
  return { wipe: isObject(told.document.params) && told.document.params.wipe === true };
}

export interface Leaving extends Context {
  readonly openStore: (name: string) => Promise<Storage>;
  readonly deleteStore: (name: string) => Promise<void>;
}

/** reinstated: the device is not shut out (any more). waiting: the line broke; ask again later. */
export type Left = "reinstated" | "shut-out" | "wiped" | "waiting";

/**
 * Goes as far as the line lets it; called again after each start until it is over. Each step is durable before the next, so
 * it can die anywhere.
 */
export async function leave(context: Leaving, store: string): Promise<Left> {
  const { vault } = context;
  const people = await vault.people();
  const person = people.find((each) => each.store === store);
  const known = await vault.revocation();
  if (!person?.tokens) return known?.wipe && known.handedIn ? wipe(context, people, known) : "shut-out";
  if (known?.emptied) return lastWord(context, person, known);
  const order = await askDoor(context, person, { method: "GET", path: "/mobile/v1/device/wipe" });
  if (order.status !== 200) return order.status === 0 || order.status >= 429 ? "waiting" : endOf(order, context, people, known);
  if (order.document.state === "active") {
    await vault.setRevocation(null);
    return "reinstated";
  }
  const isWipe = order.document.wipe === true;
  let queued = known?.queued ?? 0; // once emptied, there is nothing left to count
  // A shared phone is wiped for everybody on it, so everybody's queue goes first, each under their own token.
  for (const each of isWipe ? people : [person]) {
    const handed = await handIn(context, each);
    if (handed === null) return "waiting";
    if (each.store === store) queued = Math.max(queued, handed);
  }
  const revocation: Revocation = { store, wipe: isWipe, handedIn: true, emptied: false, queued };
  await vault.setRevocation(revocation);
  return isWipe ? wipe(context, people, revocation) : "shut-out";
}

/** Hands in what is pending, in parts. Returns how many operations there were, null when some did not arrive. */
async function handIn(context: Leaving, person: PersonRecord): Promise<number | null> {
  const storage = await context.openStore(person.store);
  const pending = pendingOf(await storage.read(loadState));
  if (!person.tokens || pending.length === 0) return pending.length;
  let uploaded = 0;
  for (const part of await partsOf(context, storage, pending)) {
    const operations = pending.filter((entry) => part.serials.includes(entry.serial)).map(toWire);
    if (operations.length === 0) continue;
    const body = { id: part.id, enrolment: pending[0]?.enrolment, operations };
    const told = await askDoor(context, person, { method: "POST", path: "/mobile/v1/device/quarantine", body });
    if (told.status !== 201) return null;
    uploaded = Number(told.document.uploaded);
  }
  return uploaded >= pending.length ? pending.length : null;
}

interface Part {
  readonly id: string;
  readonly serials: readonly number[];
}

/** The parts as they were cut the first time: a part whose answer was lost is sent again under the same id. */
async function partsOf({ mint, clock }: Context, storage: Storage, pending: readonly Entry[]): Promise<readonly Part[]> {
  return storage.change(async (writes) => {
    const kept = ((await writes.get("meta", "handing-in")) as readonly Part[] | undefined) ?? [];
    const cut = new Set(kept.flatMap((part) => part.serials));
    let rest = pending.filter((entry) => !cut.has(entry.serial));
    const parts = [...kept];
    while (rest.length > 0) {
      const batch = nextBatch(rest, { limit: PART_OPERATIONS, maxBytes: PART_BYTES, below: null });
      parts.push({ id: mint(clock()), serials: batch.map((entry) => entry.serial) });
      rest = rest.slice(batch.length);
    }
    if (parts.length > kept.length) await writes.put([{ table: "meta", key: "handing-in", value: parts }]);
    return parts;
  });
}

/** Drops everything but key and refresh token, and then says the last word. */
async function wipe(context: Leaving, people: readonly PersonRecord[], revocation: Revocation): Promise<Left> {
  for (const each of people) await context.deleteStore(each.store);
  const emptied = { ...revocation, emptied: true };
  await context.vault.setRevocation(emptied);
  const person = people.find((each) => each.store === revocation.store);
  return person ? lastWord(context, person, emptied) : done(context);
}

async function lastWord(context: Leaving, person: PersonRecord, { queued }: Revocation): Promise<Left> {
  const told = await askDoor(context, person, { method: "POST", path: "/mobile/v1/device/wipe", body: { queued } });
  // 403 with wipe false: the last word arrived before, only its answer was lost. 401: there is nobody left to tell.
  const isOver = told.status === 204 || told.status === 401 || isRevoked(told)?.wipe === false;
  return isOver ? done(context) : "waiting";
}

async function done(context: Leaving): Promise<Left> {
  await context.vault.empty();
  return "wiped";
}

/** The door itself refuses: a device that was wiped before, or one whose credential opens nothing any more. */
async function endOf(told: Told, context: Leaving, people: readonly PersonRecord[], known: Revocation | null): Promise<Left> {
  if (known?.wipe && known.handedIn) return wipe(context, people, known);
  return told.status === 403 || told.status === 401 ? "shut-out" : "waiting";
}

function askDoor(
  context: Context,
  person: PersonRecord,
  asking: { readonly method: string; readonly path: string; readonly body?: Members },
): Promise<Told> {
  const refresh = person.tokens?.refresh ?? null;
  return askWithProof(
    context,
    { ...asking, timeout: 30_000, headers: { authorization: `Bearer ${refresh ?? ""}` } },
    () => Promise.resolve(refresh),
  );
}
