import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, TextLink } from "../parts/Block";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { LongText } from "../parts/LongText";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { isOpen, nextStepOf, stageOf, stateOf, termsOf, type Contact, type Opportunity, type Stage } from "../rows/opportunities";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { sayChoice } from "../words/choices";
import { useToday } from "../words/now";
import { sayDate, sayDay } from "../words/times";
import { ContactForm } from "./ContactForm";
import { EditOpportunity } from "./EditOpportunity";
import { Log } from "./Log";
import { LoseSheet } from "./LoseSheet";
import css from "./opportunities.module.css";
import { useFunnel } from "./useFunnel";
import { lossReasons, sayStage, sayTerms, stageChoices } from "./words";

/** One opportunity: how near it is, what comes next, and what was done about it. */
export function OpportunityScreen({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const found = useLive(
    async (read) => {
      const opportunity = await read.get("opportunities", id);
      const customer = opportunity && (await read.get("customers", opportunity.customer_id));
      return { opportunity, customer, contacts: await read.where("opportunity_contacts", "opportunity_id", id) };
    },
    [id],
  );
  if (!found) return <Screen title={i18n._("Opportunity")} back="/opportunities">{null}</Screen>;
  if (!found.opportunity) {
    return (
      <Screen title={i18n._("Opportunity")} back="/opportunities">
        <Block>
          <Empty title={i18n._("This opportunity is not on this device")}>
            {i18n._("A colleague may look after this customer by now.")}
          </Empty>
        </Block>
      </Screen>
    );
  }
  return <Opened opportunity={found.opportunity} contacts={found.contacts} customer={found.customer?.name ?? ""} />;
}

interface OpenedProps {
  readonly opportunity: Opportunity;
  readonly contacts: readonly Contact[];
  readonly customer: string;
}

function Opened({ opportunity, contacts, customer }: OpenedProps) {
  const funnel = useFunnel();
  const [losing, setLosing] = useState(false);
  const { win, reopen } = useClosing(opportunity);
  const open = isOpen(opportunity);
  return (
    <Screen
      title={customer || i18n._("Opportunity")}
      back={`/customers/${opportunity.customer_id}`}
      foot={
        open ? (
          <div className={css.ends}>
            <Button color="primary" size="large" block onClick={() => void win()}>
              {i18n._("Won")}
            </Button>
            <Button
              fill="outline"
              size="large"
              block
              onClick={() => {
                setLosing(true);
              }}
            >
              {i18n._("Lost")}
            </Button>
          </div>
        ) : (
          <Button fill="outline" size="large" block onClick={() => void reopen()}>
            {i18n._("Take it up again")}
          </Button>
        )
      }
    >
      {opportunity.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      {!open && <Ended opportunity={opportunity} />}
      <Card opportunity={opportunity} funnel={funnel} />
      {open && <Next opportunity={opportunity} contacts={contacts} />}
      <Log opportunity={opportunity} contacts={contacts} />
      {losing && (
        <LoseSheet
          opportunity={opportunity}
          onClose={() => {
            setLosing(false);
          }}
        />
      )}
    </Screen>
  );
}

/** What it is, and the terms that put it where it ranks. */
function Card({ opportunity, funnel }: { readonly opportunity: Opportunity; readonly funnel: readonly Stage[] }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const [editing, setEditing] = useState(false);
  const stage = stageOf(opportunity, funnel);
  const currency = (opportunity.currency as string | undefined) ?? workspace.person.organisation.currency;
  const move = (to: Stage) =>
    workspace.act((group) => {
      group.act("opportunities", "move", opportunity.id, { stage_code: to.code }, { stage_code: to.code, probability: to.probability });
    });
  const choose = async (code: string | null) => {
    const to = funnel.find((each) => each.code === code);
    if (!to) return;
    await move(to);
    say(i18n._("Stage: {stage}", { stage: sayStage(to) }), stage && (() => void move(stage)));
  };
  return (
    <Block
      title={i18n._("Opportunity")}
      right={
        isOpen(opportunity) && (
          <Button
            fill="none"
            color="primary"
            onClick={() => {
              setEditing(true);
            }}
          >
            {i18n._("Edit")}
          </Button>
        )
      }
    >
      {isOpen(opportunity) && (
        <Chips
          label={i18n._("Stage")}
          required
          choices={stageChoices(funnel, stage?.code)}
          value={stage?.code ?? null}
          onChange={(code) => void choose(code)}
        />
      )}
      <Facts>
        <Fact name={i18n._("What")}>{opportunity.title}</Fact>
        {!isOpen(opportunity) && stage && <Fact name={i18n._("Stage")}>{sayStage(stage)}</Fact>}
        <Fact name={i18n._("Worth now")}>{sayTerms(termsOf(opportunity, funnel), currency)}</Fact>
        {opportunity.expected_close_on && <Fact name={i18n._("Expected to close")}>{sayDate(opportunity.expected_close_on, today)}</Fact>}
      </Facts>
      <TextLink to={`/customers/${opportunity.customer_id}`}>{i18n._("Open the customer")}</TextLink>
      {opportunity.visit_id && <TextLink to={`/visits/${opportunity.visit_id}`}>{i18n._("The visit it came from")}</TextLink>}
      {editing && (
        <EditOpportunity
          opportunity={opportunity}
          currency={currency}
          onClose={() => {
            setEditing(false);
          }}
        />
      )}
    </Block>
  );
}

function Next({ opportunity, contacts }: { readonly opportunity: Opportunity; readonly contacts: readonly Contact[] }) {
  const today = useToday();
  const step = nextStepOf(opportunity, contacts);
  return (
    <Block title={i18n._("Next step")}>
      <Note tone={step.next_step_on < today ? "bad" : "brand"}>
        <LongText text={`${sayDay(step.next_step_on, today)} · ${step.next_step}`} />
      </Note>
      <ContactForm opportunity={opportunity.id} today={today} />
    </Block>
  );
}

function Ended({ opportunity }: { readonly opportunity: Opportunity }) {
  const today = useToday();
  const nameOf = useNames();
  const won = stateOf(opportunity) === "won";
  const day = opportunity.closed_on && sayDay(opportunity.closed_on, today);
  const by = opportunity.closed_by && nameOf(opportunity.closed_by);
  const why = opportunity.reason && sayChoice(lossReasons(), opportunity.reason);
  return (
    <Note tone={won ? "good" : "warn"}>
      {[won ? i18n._("Won") : i18n._("Lost"), day, by, why, opportunity.competitor, opportunity.closing_note].filter(Boolean).join(" · ")}
    </Note>
  );
}

function useClosing(opportunity: Opportunity) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const reopen = () =>
    workspace.act((group) => {
      const open = { state: "open", reason: null, competitor: null, closing_note: null, closed_on: null, closed_by: null } as const;
      group.act("opportunities", "reopen", opportunity.id, {}, open);
    });
  const win = async () => {
    await workspace.act((group) => {
      const closed = { closed_on: today };
      group.act("opportunities", "win", opportunity.id, closed, { ...closed, state: "won", closed_by: workspace.person.user.id });
    });
    say(i18n._("Won. The office will see it."), () => void reopen());
  };
  return { win, reopen };
}
