import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Chips } from "../parts/Chips";
import { stateOf, visitsOfDay, type Visit } from "../rows/visits";
import { nameOf } from "../today/VisitCard";
import { clockOf } from "../words/times";

interface Props {
  /** The day the money was spent, whose visits are offered. */
  readonly day: string;
  readonly value: string | null;
  readonly onChange: (visit: string | null) => void;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
}

/** The visit an expense was part of: those of its day, with one tap. */
export function VisitField({ day, value, onChange, error, hint }: Props) {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const offered = useLive(
    async (read) => {
      const ofDay = (await visitsOfDay(read, day, person.user.id, zone, Date.now())).filter((each) => stateOf(each) !== "cancelled");
      if (value === null || ofDay.some((each) => each.id === value)) return ofDay;
      const chosen = await read.get("visits", value);
      return chosen ? [chosen, ...ofDay] : ofDay;
    },
    [day, value],
  );
  if (!offered) return null;
  return (
    <Chips
      label={i18n._("Visit")}
      choices={offered.map((visit) => ({ value: visit.id, text: textOf(visit, zone) }))}
      value={value}
      error={error}
      hint={offered.length === 0 ? i18n._("You have no visit on this day. Log one, or choose another day.") : hint}
      onChange={onChange}
    />
  );
}

function textOf(visit: Visit, zone: string): string {
  const at = visit.actual_started_at ?? visit.planned_start_at ?? visit.actual_ended_at ?? null;
  const text = at === null ? nameOf(visit) : `${clockOf(at, zone)} ${nameOf(visit)}`;
  return stateOf(visit) === "planned" ? i18n._("{visit} (not begun)", { visit: text }) : text;
}
