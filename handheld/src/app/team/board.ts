import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { useRights } from "../rights/useRights";
import { useRemembered } from "../shell/remembered";
import { useNow, useToday } from "../words/now";
import { boardOf, readDay, type Board } from "./team";

/** Which day of the team is looked at; today unless another one was chosen. */
export function useTeamDay(): [string, (day: string) => void] {
  const today = useToday();
  const [chosen, choose] = useRemembered<string | null>("team.day", null);
  return [
    chosen ?? today,
    (day) => {
      choose(day === today ? null : day);
    },
  ];
}

/** The team's board of a day; undefined until it is read. */
export function useBoard(day: string): Board | undefined {
  const now = useNow();
  const { person } = useWorkspace();
  const { team } = useRights();
  const found = useLive((read) => readDay(read, day, person.user.id), [day]);
  return found && boardOf(found, team, day, { now, zone: person.organisation.timezone });
}
