import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Fact, Facts } from "../parts/Block";
import { outcomes, sayChoice } from "../words/choices";
import { useToday } from "../words/now";
import { dayOf, sayDay } from "../words/times";

/** What happened last with this customer, to be read before the next contact (domain row 81). */
export function LastContact({ customer }: { readonly customer: string }) {
  const { person } = useWorkspace();
  const today = useToday();
  const last = useLive(
    async (read) => {
      const [row, visits, notes] = await Promise.all([
        read.get("customers", customer),
        read.where("visits", "customer_id", customer),
        read.where("notes", "customer_id", customer),
      ]);
      const done = visits
        .filter((each) => each.state === "done" && each.actual_ended_at !== null)
        .sort((one, other) => (other.actual_ended_at ?? 0) - (one.actual_ended_at ?? 0));
      return { needs: row?.needs ?? null, visit: done[0], note: notes.at(-1) };
    },
    [customer],
  );
  if (!last) return null;
  const { visit, note, needs } = last;
  const on = (at: number) => sayDay(dayOf(at, person.organisation.timezone), today);
  if (!visit && !note && needs === null) return <p>{i18n._("No contact with this customer is known yet.")}</p>;
  return (
    <Facts>
      {needs !== null && <Fact name={i18n._("Needs")}>{needs}</Fact>}
      {visit?.actual_ended_at && (
        <Fact name={i18n._("Last visit")}>
          {[on(visit.actual_ended_at), visit.outcome && sayChoice(outcomes(), visit.outcome), visit.result].filter(Boolean).join(" · ")}
        </Fact>
      )}
      {note && <Fact name={i18n._("Last note")}>{`${on(note.written_at)} · ${note.text}`}</Fact>}
    </Facts>
  );
}
