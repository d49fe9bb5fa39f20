import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { AmountField } from "../expenses/AmountField";
import { Block, Row } from "../parts/Block";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { WhenChips } from "../parts/WhenChips";
import { isOpen, stageOf, termsOf, type Opportunity } from "../rows/opportunities";
import { parseMoney } from "../words/money";
import { useToday } from "../words/now";
import { sayDay } from "../words/times";
import { useFunnel } from "./useFunnel";
import { sayStage, sayState, sayTerms, stageChoices } from "./words";

/** What this customer may buy, open ones first. */
export function CustomerOpportunities({ customer }: { readonly customer: string }) {
  const [adding, setAdding] = useState(false);
  const rows = useLive((read) => read.where("opportunities", "customer_id", customer), [customer]);
  const sorted = [...(rows ?? [])].sort((one, other) => Number(isOpen(other)) - Number(isOpen(one)) || (one.id > other.id ? -1 : 1));
  return (
    <Block
      title={i18n._("Opportunities")}
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
      {rows?.length === 0 && <p>{i18n._("Nothing yet. Say what this customer may buy, and what comes next.")}</p>}
      {sorted.map((each) => (
        <OpportunityRow key={each.id} opportunity={each} />
      ))}
      {adding && (
        <NewOpportunity
          customer={customer}
          onClose={() => {
            setAdding(false);
          }}
        />
      )}
    </Block>
  );
}

function OpportunityRow({ opportunity }: { readonly opportunity: Opportunity }) {
  const { person } = useWorkspace();
  const funnel = useFunnel();
  const today = useToday();
  const state = sayState(opportunity);
  const stage = stageOf(opportunity, funnel);
  const currency = (opportunity.currency as string | undefined) ?? person.organisation.currency;
  const overdue = isOpen(opportunity) && opportunity.next_step_on < today;
  return (
    <Row
      to={`/opportunities/${opportunity.id}`}
      title={opportunity.title}
      sub={
        isOpen(opportunity)
          ? [stage && sayStage(stage), sayTerms(termsOf(opportunity, funnel), currency)].filter(Boolean).join(" · ")
          : opportunity.closed_on && sayDay(opportunity.closed_on, today)
      }
      right={
        opportunity.unsent ? (
          <Tag tone="warn">{i18n._("Not sent yet")}</Tag>
        ) : state ? (
          <Tag tone={state.tone}>{state.text}</Tag>
        ) : (
          overdue && <Tag tone="bad">{i18n._("Step overdue")}</Tag>
        )
      }
    />
  );
}

interface Form {
  readonly title: string;
  readonly stage: string | null;
  readonly amount: string;
  readonly step: string;
  readonly day: string | null;
}

const EMPTY: Form = { title: "", stage: null, amount: "", step: "", day: null };

function NewOpportunity({ customer, onClose }: { readonly customer: string; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const today = useToday();
  const funnel = useFunnel();
  const { currency } = workspace.person.organisation;
  const name = `opportunity:new:${customer}`;
  const draft = useDraft<Form>(name, EMPTY);
  const form = draft.value ?? EMPTY;
  const amount = form.amount === "" ? null : parseMoney(form.amount, currency);
  const first = funnel.find((each) => each.is_active)?.code ?? null;
  const ready = form.title.trim() !== "" && form.step.trim() !== "" && form.day !== null && (form.amount === "" || amount !== null);
  const keep = async (next_step_on: string) => {
    const id = await workspace.act(
      (group) =>
        group.create("opportunities", {
          customer_id: customer,
          title: form.title.trim(),
          next_step: form.step.trim(),
          next_step_on,
          ...(form.stage === null ? {} : { stage_code: form.stage }),
          ...(amount === null ? {} : { amount_minor: amount }),
        }),
      { draft: name },
    );
    say(i18n._("Opportunity kept."));
    onClose();
    navigate(`/opportunities/${id}`);
  };
  return (
    <Sheet
      title={i18n._("New opportunity")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" disabled={!ready} onClick={() => void (form.day !== null && keep(form.day))}>
          {i18n._("Keep")}
        </Button>
      }
    >
      <LineField label={i18n._("What")} placeholder={i18n._("3 rooms on the third floor")} value={form.title} most={120} onChange={(title) => {
        draft.set({ title });
      }} />
      <Chips label={i18n._("Stage")} required choices={stageChoices(funnel, undefined)} value={form.stage ?? first} onChange={(stage) => {
        draft.set({ stage });
      }} />
      <AmountField value={form.amount} currency={currency} open={false} onChange={(typed) => {
        draft.set({ amount: typed });
      }} />
      <TextField label={i18n._("Next step")} value={form.step} most={500} onChange={(step) => {
        draft.set({ step });
      }} />
      <WhenChips label={i18n._("When")} today={today} value={form.day} onChange={(day) => {
        draft.set({ day });
      }} />
    </Sheet>
  );
}
