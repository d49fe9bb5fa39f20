import type { Reader, Shown } from "../../device/api";
import { useLive } from "../../hooks/live";
import { troubles } from "../mend/items";
import { standingOf, type Standing } from "./standing";

export interface Asked {
  readonly part: Shown<"approvals">;
  readonly standing: Standing;
}

async function readAsked(read: Reader, parts: readonly Shown<"approvals">[]): Promise<Asked[]> {
  const refused = await troubles(read);
  const own = await Promise.all(parts.map((part) => (part.unsent ? read.own("approvals", part.id) : Promise.resolve([]))));
  return parts.map((part, place) => ({ part, standing: standingOf(part, own[place] ?? [], refused) }));
}

/** Everything the person is or was asked, the newest first. */
export const useStandings = (): Asked[] | undefined =>
  useLive(async (read) => readAsked(read, (await read.all("approvals")).reverse()), []);

/** What waits for him to decide. */
export const openIds = (asked: readonly Asked[] | undefined): string[] | undefined =>
  asked?.filter(({ standing }) => standing.kind === "open").map(({ part }) => part.id);

/** One of them; null when it is not on this device. */
export function useStanding(id: string): Asked | null | undefined {
  return useLive(async (read) => {
    const part = await read.get("approvals", id);
    return part ? ((await readAsked(read, [part]))[0] ?? null) : null;
  }, [id]);
}

/** How many wait for the person to decide. */
export const useWaitingCount = (): number =>
  useLive(async (read) => (await read.all("approvals")).filter((each) => each.state === "waiting" && !each.unsent).length, []) ?? 0;
