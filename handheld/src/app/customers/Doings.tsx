import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { WhenChips } from "../parts/WhenChips";
import { byDue, isOpen } from "../rows/follow_ups";
import { dayOn, standingOf } from "../rows/visits";
import { FollowUpRow } from "../today/FollowUpRow";
import { outcomes, sayChoice, sayStanding } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { sayDay, sayDayWithin } from "../words/times";

/** What is still to be done for this customer. */
export function CustomerFollowUps({ customer }: { readonly customer: string }) {
  const today = useToday();
  const [adding, setAdding] = useState(false);
  const rows = useLive((read) => read.where("follow_ups", "customer_id", customer), [customer]);
  const open = (rows ?? []).filter(isOpen).sort(byDue);
  return (
    <Block
      title={i18n._("To follow up")}
      right={
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          {i18n._("Add")}
        </Button>
      }
    >
      {rows && open.length === 0 && <p>{i18n._("Nothing is planned. Say when you will be in touch again.")}</p>}
      {open.map((each) => (
        <FollowUpRow key={each.id} followUp={each} today={today} named={false} />
      ))}
      {adding && (
        <NewFollowUp
          customer={customer}
          today={today}
          onClose={() => {
            setAdding(false);
          }}
        />
      )}
    </Block>
  );
}

type Again = "once" | "week" | "month" | "quarter" | "year";

interface NextForm {
  readonly day: string | null;
  readonly text: string;
  /** Not in drafts of an earlier version. */
  readonly again?: Again;
}

const BLANK: NextForm = { day: null, text: "", again: "once" };

const CADENCES: Record<Again, { readonly repeat_every?: number; readonly repeat_unit?: "week" | "month" }> = {
  once: {},
  week: { repeat_every: 1, repeat_unit: "week" },
  month: { repeat_every: 1, repeat_unit: "month" },
  quarter: { repeat_every: 3, repeat_unit: "month" },
  year: { repeat_every: 12, repeat_unit: "month" },
};

function NewFollowUp({ customer, today, onClose }: { readonly customer: string; readonly today: string; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `follow-up:new:${customer}`;
  const draft = useDraft<NextForm>(form, BLANK);
  const { day, text, again = "once" } = draft.value ?? BLANK;
  const keep = async (due_on: string) => {
    const id = await workspace.act(
      (group) => group.create("follow_ups", { customer_id: customer, due_on, text: text.trim(), ...CADENCES[again] }),
      { draft: form },
    );
    say(i18n._("Kept for {day}.", { day: sayDayWithin(due_on, today) }), () => {
      void workspace.act((group) => {
        group.delete("follow_ups", id);
      });
    });
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Next follow-up")}
      onClose={onClose}
      foot={
        <Button
          color="primary"
          size="large"
          disabled={day === null || text.trim() === ""}
          onClick={() => void (day !== null && keep(day))}
        >
          {i18n._("Keep")}
        </Button>
      }
    >
      <WhenChips label={i18n._("When")} today={today} value={day} onChange={(next) => {
        draft.set({ day: next });
      }} />
      <TextField label={i18n._("What is to be done")} value={text} most={1000} onChange={(next) => {
        draft.set({ text: next });
      }} />
      <Chips<Again>
        label={i18n._("Comes again")}
        required
        value={again}
        choices={[
          { value: "once", text: i18n._("Once") },
          { value: "week", text: i18n._("Every week") },
          { value: "month", text: i18n._("Every month") },
          { value: "quarter", text: i18n._("Every 3 months") },
          { value: "year", text: i18n._("Every year") },
        ]}
        onChange={(next) => {
          if (next !== null) draft.set({ again: next });
        }}
      />
    </Sheet>
  );
}

/** How many visits are listed before “show all”. */
const SOME = 5;

/** Visits to this customer, planned and done, by whoever. */
export function CustomerVisits({ customer }: { readonly customer: string }) {
  const { person } = useWorkspace();
  const [all, setAll] = useState(false);
  const now = useNow();
  const today = useToday();
  const zone = person.organisation.timezone;
  const rows = useLive((read) => read.where("visits", "customer_id", customer), [customer]);
  if (!rows || rows.length === 0) return null;
  const sorted = [...rows].sort((one, other) => dayOn(other, zone, now).localeCompare(dayOn(one, zone, now)));
  return (
    <Block title={i18n._("Visits")}>
      {(all ? sorted : sorted.slice(0, SOME)).map((visit) => {
        const state = sayStanding(standingOf(visit, now, zone));
        return (
          <Row
            key={visit.id}
            to={`/visits/${visit.id}`}
            title={sayDay(dayOn(visit, zone, now), today)}
            sub={[visit.outcome && sayChoice(outcomes(), visit.outcome), visit.result ?? visit.purpose, visit.impression].filter(Boolean).join(" · ")}
            right={<Tag tone={state.tone}>{state.text}</Tag>}
          />
        );
      })}
      {!all && sorted.length > SOME && (
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            setAll(true);
          }}
        >
          {i18n._("Show all {n}", { n: sorted.length })}
        </Button>
      )}
    </Block>
  );
}
