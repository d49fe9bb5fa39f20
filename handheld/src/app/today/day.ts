/** The visits of a shown day by what is to be done about them. Pure but for reading. */
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { standingOf, visitsOfDay, type Standing, type Visit } from "../rows/visits";
import { useNow } from "../words/now";

export interface Groups {
  readonly running: readonly Visit[];
  readonly open: readonly Visit[];
  readonly done: readonly Visit[];
  readonly cancelled: readonly Visit[];
}

const GROUP_OF: Record<Standing, keyof Groups> = {
  in_progress: "running",
  planned: "open",
  silent: "open",
  missed: "open",
  done: "done",
  cancelled: "cancelled",
};

export function groupsOf(visits: readonly Visit[], now: number, zone: string): Groups {
  const groups: Record<keyof Groups, Visit[]> = { running: [], open: [], done: [], cancelled: [] };
  for (const visit of visits) groups[GROUP_OF[standingOf(visit, now, zone)]].push(visit);
  return groups;
}

/** What the day goes on with: ids, the next first. */
export const toCome = (groups: Groups | undefined): string[] | undefined =>
  groups && [...groups.running, ...groups.open].map((each) => each.id);

/** The person's own visits of a day; undefined until they are read. */
export function useGroups(day: string): Groups | undefined {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const now = useNow();
  const visits = useLive((read) => visitsOfDay(read, day, person.user.id, zone, Date.now()), [day]);
  return visits && groupsOf(visits, now, zone);
}
