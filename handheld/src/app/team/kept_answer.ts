/** What only the office can count, with the last answer kept on this device for when there is no line. */
import { useEffect, useState } from "react";
import type { Preferences, Workspace } from "../../device/api";
import { useHandheld, useWorkspace } from "../../hooks/context";

export interface KeptAnswer {
  /** When the office said so. */
  readonly at: number;
  readonly bodies: readonly unknown[];
}

export interface Answer {
  /** null: never answered here. */
  readonly kept: KeptAnswer | null;
  readonly standing: "asking" | "fresh" | "offline";
}

interface Stored extends KeptAnswer {
  readonly paths: readonly string[];
}

/** Asks the office all of these at once; under one name only the last answer is kept. */
export async function askAndKeep(preferences: Preferences, workspace: Workspace, name: string, paths: readonly string[], now: number): Promise<KeptAnswer | null> {
  const asked = await Promise.all(paths.map((path) => workspace.ask("GET", path)));
  const bodies = asked.flatMap((each) => (!each.offline && each.status === 200 ? [each.body] : []));
  if (bodies.length < paths.length) return null;
  const stored: Stored = { at: now, bodies, paths };
  await preferences.set(nameFor(workspace, name), JSON.stringify(stored));
  return stored;
}

/** The last answer to just these questions. */
export async function keptAnswer(preferences: Preferences, workspace: Workspace, name: string, paths: readonly string[]): Promise<KeptAnswer | null> {
  try {
    const stored = JSON.parse((await preferences.get(nameFor(workspace, name))) ?? "null") as Stored | null;
    return stored && JSON.stringify(stored.paths) === JSON.stringify(paths) ? stored : null;
  } catch {
    return null;
  }
}

const nameFor = (workspace: Workspace, name: string) => `${name}:${workspace.person.user.id}`;

/** The answer that is kept at once, and the newest as soon as it is there. */
export function useKeptAnswer(name: string, paths: readonly string[]): Answer {
  const { preferences } = useHandheld();
  const workspace = useWorkspace();
  const question = JSON.stringify(paths);
  const [answer, setAnswer] = useState<Answer & { readonly question: string }>({ kept: null, standing: "asking", question });
  useEffect(() => {
    let wanted = true;
    const put = (next: Answer) => {
      if (wanted) setAnswer({ ...next, question });
    };
    const asked = JSON.parse(question) as string[];
    void (async () => {
      const kept = await keptAnswer(preferences, workspace, name, asked);
      put({ kept, standing: "asking" });
      const fresh = await askAndKeep(preferences, workspace, name, asked, Date.now());
      put(fresh ? { kept: fresh, standing: "fresh" } : { kept, standing: "offline" });
    })();
    return () => {
      wanted = false;
    };
  }, [preferences, workspace, name, question]);
  return answer.question === question ? answer : { kept: null, standing: "asking" };
}
