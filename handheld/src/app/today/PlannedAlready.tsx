import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Note, TextLink } from "../parts/Block";
import { openPlanned } from "../rows/visits";
import { clockOf, sayDayWithin } from "../words/times";

interface Props {
  readonly customer: string;
  readonly day: string;
  readonly today: string;
}

/** The visit to him that stands in the plan of that day: a second one beside it leaves the first to be missed. */
export function PlannedAlready({ customer, day, today }: Props) {
  const { person } = useWorkspace();
  const visits = useLive((read) => read.where("visits", "customer_id", customer), [customer]);
  const planned = openPlanned(visits ?? [], day, person.user.id);
  if (!planned) return null;
  const start = planned.planned_start_at as number | null | undefined;
  const when = [sayDayWithin(day, today), start && clockOf(start, person.organisation.timezone)].filter(Boolean).join(" ");
  return (
    <Note tone="warn">
      <p>{i18n._("A visit to this customer is in the plan already: {when}.", { when })}</p>
      <TextLink to={`/visits/${planned.id}`}>{i18n._("Open that visit")}</TextLink>
    </Note>
  );
}
