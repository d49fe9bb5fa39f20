import Button from "../parts/Button";
import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { search } from "../customers/directory";
import { useDirectory } from "../customers/useDirectory";
import { PeopleField } from "../people/PeopleField";
import { Block, Note, Row } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField, WhenField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { SearchField } from "../parts/SearchField";
import { useSnack } from "../parts/snack";
import { useRemembered } from "../shell/remembered";
import type { Named } from "../shell/routes";
import { checkIn } from "../visit/check_in";
import { weights } from "../words/choices";
import { useToday } from "../words/now";
import { sayPhone } from "../words/phones";
import { addDays, sayDay, sayDayWithin } from "../words/times";
import { useOwnDay } from "./shown_day";
import { blankPlan, PLAN_FORM, planVisit, type PlanForm } from "./plan_form";
import { PlannedAlready } from "./PlannedAlready";
import css from "./today.module.css";

/** Another visit: one that begins now, one that is planned, or one that is over already. Of a customer, or of a place. */
export function AddVisitScreen({ named }: { readonly named: Named }) {
  const workspace = useWorkspace();
  const today = useToday();
  const [shown, setShown] = useOwnDay(today);
  const draft = useDraft<PlanForm>(PLAN_FORM, blankPlan(shown, today));
  const [, navigate] = useLocation();
  const say = useSnack();
  const [refused, setRefused] = useState(false);
  const { set } = draft;
  const form = draft.value;
  const given = named.customer;
  useEffect(() => {
    if (given === undefined || !form || form.customer_id === given) return;
    void workspace
      .read((read) => read.get("customers", given))
      .then((customer) => {
        if (customer) set({ customer_id: given, name: customer.name });
      });
  }, [workspace, given, form, set]);
  if (!form) return <Screen title={i18n._("Add a visit")} back="/">{null}</Screen>;

  const zone = workspace.person.organisation.timezone;
  const go = async () => {
    if (form.customer_id === null && form.name.trim() === "") {
      setRefused(true);
      return;
    }
    if (form.what === "over") {
      navigate("/visits/log");
      return;
    }
    const id = await planVisit(workspace, form, zone);
    if (form.what === "plan") {
      setShown(form.day);
      say(i18n._("Planned for {day}.", { day: sayDayWithin(form.day, today) }), () => {
        void workspace.act((group) => {
          group.act("visits", "cancel", id, {}, { state: "cancelled" });
        });
      });
      navigate("/", { replace: true });
      return;
    }
    const visit = await workspace.read((read) => read.get("visits", id));
    if (visit) checkIn(workspace, visit);
    navigate(`/visits/${id}`, { replace: true });
  };

  return (
    <Screen
      title={i18n._("Add a visit")}
      back="/"
      foot={
        <Button color="primary" size="large" block onClick={() => void go()}>
          {sayDeed(form.what)}
        </Button>
      }
    >
      {refused && form.customer_id === null && form.name.trim() === "" && (
        <Note tone="bad">{i18n._("Choose a customer or name a place first.")}</Note>
      )}
      <Whom form={form} onChange={set} />
      {form.customer_id !== null && <PlannedAlready customer={form.customer_id} day={form.what === "plan" ? form.day : today} today={today} />}
      <Block>
        <Chips<PlanForm["what"]>
          label={i18n._("This visit")}
          required
          value={form.what}
          choices={[
            { value: "now", text: i18n._("begins now") },
            { value: "plan", text: i18n._("is planned") },
            { value: "over", text: i18n._("is over already") },
          ]}
          onChange={(what) => {
            if (what) set({ what });
          }}
        />
        {form.what === "plan" && <PlannedFor form={form} today={today} onChange={set} />}
        {form.what !== "over" && (
          <TextField
            label={i18n._("Purpose (optional)")}
            most={500}
            value={form.purpose}
            onChange={(purpose) => {
              set({ purpose });
            }}
          />
        )}
      </Block>
      {form.what === "plan" && (
        <Block title={i18n._("Who comes along (optional)")}>
          <PeopleField
            label={i18n._("Who comes along (optional)")}
            value={form.people}
            onChange={(people) => {
              set({ people });
            }}
          />
        </Block>
      )}
    </Screen>
  );
}

function sayDeed(what: PlanForm["what"]): string {
  switch (what) {
    case "now":
      return i18n._("Start and check in");
    case "plan":
      return i18n._("Plan the visit");
    case "over":
      return i18n._("Log what came of it");
  }
}

interface PartProps {
  readonly form: PlanForm;
  readonly onChange: (change: Partial<PlanForm>) => void;
}

/** So many are offered before more of the name has to be typed. */
const OFFERED = 6;

function Whom({ form, onChange }: PartProps) {
  const [query, setQuery] = useRemembered("visit.query", "");
  const entries = useDirectory();
  const found = useMemo(() => (entries && query.trim() !== "" ? search(entries, query).slice(0, OFFERED) : []), [entries, query]);
  if (form.customer_id !== null) {
    return (
      <Block title={i18n._("With whom")}>
        <Row
          title={form.name}
          right={
            <Button
              fill="outline"
              onClick={() => {
                onChange({ customer_id: null, name: "" });
              }}
            >
              {i18n._("Change")}
            </Button>
          }
        />
        <LineField
          label={i18n._("Place (optional)")}
          value={form.place}
          most={200}
          onChange={(place) => {
            onChange({ place });
          }}
        />
      </Block>
    );
  }
  return (
    <Block title={i18n._("With whom")}>
      <SearchField
        label={i18n._("Search customers")}
        placeholder={i18n._("Name, initials or end of phone")}
        value={query}
        onChange={setQuery}
      />
      <ul className={css.rows}>
        {found.map(({ customer, phones }) => (
          <li key={customer.id}>
            <Row
              title={customer.name}
              sub={phones[0] && sayPhone(phones[0].number)}
              onTap={() => {
                setQuery("");
                onChange({ customer_id: customer.id, name: customer.name });
              }}
            />
          </li>
        ))}
      </ul>
      {query.trim() !== "" && entries && found.length === 0 && <p>{i18n._("Nobody of that name. You can write a place below.")}</p>}
      <LineField
        label={i18n._("Or a place, without a customer")}
        value={form.name}
        most={200}
        onChange={(name) => {
          onChange({ name });
        }}
      />
    </Block>
  );
}

function PlannedFor({ form, today, onChange }: PartProps & { readonly today: string }) {
  const [near, setNear] = useState(form.day === today || form.day === addDays(today, 1));
  return (
    <>
      <Chips
        label={i18n._("Day")}
        required
        value={near ? form.day : "other"}
        hint={near ? undefined : sayDay(form.day, today)}
        choices={[
          { value: today, text: i18n._("Today") },
          { value: addDays(today, 1), text: i18n._("Tomorrow") },
          { value: "other", text: i18n._("Pick a day") },
        ]}
        onChange={(day) => {
          setNear(day !== "other");
          if (day !== null && day !== "other") onChange({ day });
        }}
      />
      {!near && (
        <WhenField
          kind="date"
          label={i18n._("Day")}
          min={today}
          value={form.day}
          onChange={(day) => {
            if (day !== "") onChange({ day });
          }}
        />
      )}
      <WhenField
        kind="time"
        label={i18n._("Time (optional)")}
        value={form.clock}
        onChange={(clock) => {
          onChange({ clock });
        }}
      />
      <Chips
        label={i18n._("Importance")}
        required
        choices={weights()}
        value={String(form.importance)}
        onChange={(value) => {
          onChange({ importance: Number(value) });
        }}
      />
      <Chips
        label={i18n._("Urgency")}
        required
        choices={weights()}
        value={String(form.urgency)}
        onChange={(value) => {
          onChange({ urgency: Number(value) });
        }}
      />
    </>
  );
}
