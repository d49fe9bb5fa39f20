import { useBeside, useHolding } from "../shell/beside";
import { useBoard, useTeamDay } from "./board";
import { PersonDayScreen } from "./PersonDayScreen";

/** Beside the board while nobody was opened from it: whoever needs his leader first. */
export function FirstPerson() {
  const [day] = useTeamDay();
  const person = useBeside("team", useBoard(day)?.people.map((each) => each.id));
  useHolding("team", person);
  return person === undefined ? null : <PersonDayScreen key={person} named={{ day, person }} />;
}
