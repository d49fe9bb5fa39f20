/**
 * What the signed-in person may do, as the server said when it was last asked: for showing or leaving out what would be refused
 * anyway. Never a guard; the server judges every operation. Pure but for asking.
 */
import type { Preferences, Workspace } from "../../device/api";

/** How far a function reaches: rows that match any of these. */
export interface Reach {
  readonly own: boolean;
  readonly unit_ids: readonly string[];
  readonly everything: boolean;
}

/** Somebody on the team's board, and when one of his devices was last heard of. */
export interface Member {
  readonly user_id: string;
  readonly last_seen_at: number | null;
}

export interface Rights {
  /** By code, such as `insight.board`. */
  readonly functions: Readonly<Record<string, Reach>>;
  /** Who stands on his board; roles are not on devices, so the office says it. */
  readonly team: readonly Member[];
}

export const NO_RIGHTS: Rights = { functions: {}, team: [] };
export const BOARD = "insight.board";

const nameFor = (workspace: Workspace) => `rights:${workspace.person.user.id}`;

export async function keptRights(preferences: Preferences, workspace: Workspace): Promise<Rights | null> {
  const kept = await preferences.get(nameFor(workspace));
  return kept === null ? null : readKept(kept);
}

function readKept(kept: string): Rights | null {
  try {
    const read = JSON.parse(kept) as Partial<Rights>;
    return read.functions && read.team ? { functions: read.functions, team: read.team } : null;
  } catch {
    return null;
  }
}

interface WhoAmI {
  readonly functions: readonly (Reach & { readonly code: string })[];
}

interface BoardPage {
  readonly items: readonly { readonly user_id: string; readonly last_seen_at: string | null }[];
}

/** Asks the office, and keeps what it says; null without an answer. */
export async function askRights(preferences: Preferences, workspace: Workspace): Promise<Rights | null> {
  const asked = await workspace.ask("GET", "/api/v1/session");
  if (asked.offline || asked.status !== 200) return null;
  const functions = Object.fromEntries((asked.body as WhoAmI).functions.map(({ code, ...reach }) => [code, reach]));
  const rights = { functions, team: BOARD in functions ? await askTeam(workspace) : [] };
  await preferences.set(nameFor(workspace), JSON.stringify(rights));
  return rights;
}

async function askTeam(workspace: Workspace): Promise<Member[]> {
  const asked = await workspace.ask("GET", "/api/v1/board");
  if (asked.offline || asked.status !== 200) return [];
  return (asked.body as BoardPage).items.map(({ user_id, last_seen_at }) => ({
    user_id,
    last_seen_at: last_seen_at === null ? null : Date.parse(last_seen_at),
  }));
}
