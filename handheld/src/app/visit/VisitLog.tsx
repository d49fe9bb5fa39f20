import Button from "../parts/Button";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Attachments } from "../attachments/Attachments";
import { CallButton } from "../customers/CallButton";
import { Block, Note, TextLink } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import { Asking } from "../questions/Asking";
import { stateOf, type Visit } from "../rows/visits";
import { GRADES, outcomes, sayGrade } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { useCheckIn } from "./check_in";
import { CheckInCard } from "./CheckInCard";
import { VisitComments } from "../comments/Comments";
import { EndedChips } from "./EndedChips";
import { LastContact } from "./LastContact";
import { blankFor, finishVisit, formOf, refusalOf, type Aim, type LogForm, type LogRefusal } from "./log_form";
import { PlanActions } from "./PlanActions";
import { askPosition, LEAVING_PATIENCE_MS } from "./position";

interface Props {
  /** null: one that nobody planned and that is made when it is finished. */
  readonly visit: Visit | null;
  readonly aim: Aim;
  readonly onFinished?: () => void;
}

/** The log of a visit, in under a minute: mostly taps, everything kept while it is typed. */
export function VisitLog({ visit, aim, onFinished }: Props) {
  const workspace = useWorkspace();
  const zone = workspace.person.organisation.timezone;
  const [, navigate] = useLocation();
  const say = useSnack();
  const now = useNow();
  const today = useToday();
  const [blank] = useState(() => blankFor(visit, now, zone));
  const draft = useDraft(formOf(visit), blank);
  const checkIn = useCheckIn(visit?.id ?? "");
  const [refused, setRefused] = useState<LogRefusal>(null);
  const [busy, setBusy] = useState(false);
  const leaving = useRef<AbortController | null>(null);
  // Whoever goes elsewhere meanwhile does not wait for the position: the visit is finished without it.
  useEffect(
    () => () => {
      leaving.current?.abort();
      leaving.current = null;
    },
    [],
  );
  const customer = useLive(
    async (read) => ({ row: aim.customer_id === null ? undefined : await read.get("customers", aim.customer_id) }),
    [aim.customer_id],
  )?.row;
  const form = draft.value;
  if (!form) return <Screen title={aim.name} back="/">{null}</Screen>;
  const set: typeof draft.set = (change) => {
    setRefused(null);
    draft.set(change);
  };

  const finish = async () => {
    const at = Date.now();
    const why = refusalOf(form, at, zone);
    setRefused(why);
    if (why !== null || busy) return;
    setBusy(true);
    const waiting = new AbortController();
    leaving.current = waiting;
    if (checkIn?.kind === "asking") await checkIn.skip();
    // Of a visit that ended earlier the phone is somewhere else by now.
    const answer = form.ended === null ? await askPosition(waiting.signal, LEAVING_PATIENCE_MS) : null;
    const isGone = leaving.current === null;
    // What was typed while the phone was asked counts too.
    const said = (await workspace.read((read) => read.draft(formOf(visit)))) as LogForm | undefined;
    const id = await finishVisit(workspace, visit, aim, { ...form, ...said }, { at, answer });
    onFinished?.();
    say(i18n._("Visit logged."));
    if (!isGone) navigate(visit === null ? `/visits/${id}` : "/", { replace: true });
  };

  return (
    <Screen
      title={aim.name}
      back="/"
      foot={
        <>
          {refused !== null && <Note tone="bad">{sayRefusal(refused)}</Note>}
          {busy ? (
            <>
              <p role="status">{i18n._("Asking the phone where you are…")}</p>
              <Button size="large" block onClick={() => leaving.current?.abort()}>
                {i18n._("Finish without the position")}
              </Button>
            </>
          ) : (
            <Button color="primary" size="large" block onClick={() => void finish()}>
              {i18n._("Finish the visit")}
            </Button>
          )}
        </>
      }
    >
      {visit && <CheckInCard visit={visit} />}
      {visit && <VisitComments visit={visit.id} quiet />}
      {aim.customer_id !== null && (
        <Block title={i18n._("Before you go in")} right={<TextLink to={`/customers/${aim.customer_id}`}>{i18n._("Customer card")}</TextLink>}>
          <LastContact customer={aim.customer_id} />
          <CallCustomer customer={aim.customer_id} />
        </Block>
      )}
      <Block title={i18n._("What came of it")}>
        <Chips
          label={i18n._("Outcome")}
          choices={outcomes()}
          value={form.outcome}
          onChange={(outcome) => {
            set({ outcome });
          }}
        />
        <TextField
          label={i18n._("Result")}
          rows={3}
          most={4000}
          value={form.result}
          placeholder={i18n._("What was said, what they want, what holds them back")}
          onChange={(result) => {
            set({ result });
          }}
        />
        {customer && (
          <Chips
            label={i18n._("Grade")}
            choices={GRADES}
            value={form.grade ?? customer.grade ?? null}
            hint={(form.grade ?? customer.grade) ? sayGrade((form.grade ?? customer.grade)!) : undefined}
            onChange={(grade) => {
              set({ grade });
            }}
          />
        )}
        {customer && (
          <TextField
            label={i18n._("Your impression (optional)")}
            most={1000}
            value={form.impression ?? ""}
            placeholder={i18n._("Habits, goals, concerns: for colleagues only")}
            onChange={(impression) => {
              set({ impression });
            }}
          />
        )}
        {(!visit || stateOf(visit) === "planned") && checkIn === undefined && (
          <EndedChips
            value={form.ended}
            today={today}
            now={now}
            onChange={(ended) => {
              set({ ended });
            }}
          />
        )}
      </Block>
      {aim.customer_id === null ? (
        <Block title={i18n._("Next step")}>
          <TextField
            label={i18n._("What is to be done (optional)")}
            most={1000}
            value={form.nextText}
            onChange={(nextText) => {
              set({ nextText });
            }}
          />
        </Block>
      ) : (
        <Block title={i18n._("Next follow-up")}>
          <WhenChips
            label={i18n._("When")}
            today={today}
            value={form.nextOn}
            onChange={(nextOn) => {
              set({ nextOn, nextText: form.nextText === "" && nextOn !== null ? i18n._("Call back") : form.nextText });
            }}
          />
          {form.nextOn === null && (
            <LineField
              label={i18n._("Or why nothing follows (optional)")}
              most={200}
              value={form.nothing ?? ""}
              onChange={(nothing) => {
                set({ nothing });
              }}
            />
          )}
          {form.nextOn !== null && (
            <TextField
              label={i18n._("What is to be done")}
              most={1000}
              value={form.nextText}
              error={refused === "no-follow-up-text" ? sayRefusal(refused) : undefined}
              onChange={(nextText) => {
                set({ nextText });
              }}
            />
          )}
        </Block>
      )}
      {aim.customer_id !== null && <Asking customer={aim.customer_id} {...(visit ? { visit: visit.id } : {})} />}
      {visit?.customer_id && <Attachments customer={visit.customer_id} about={{ collection: "visits", id: visit.id }} />}
      {visit && stateOf(visit) === "planned" && checkIn === undefined && <PlanActions visit={visit} today={today} />}
    </Screen>
  );
}

function CallCustomer({ customer }: { readonly customer: string }) {
  const phones = useLive((read) => read.where("customer_phones", "customer_id", customer), [customer]);
  return phones && phones.length > 0 ? <CallButton phones={phones} /> : null;
}

function sayRefusal(refused: Exclude<LogRefusal, null>): string {
  switch (refused) {
    case "nothing-said":
      return i18n._("Tap an outcome or write a result first.");
    case "no-follow-up-text":
      return i18n._("Write what is to be done at the follow-up.");
    case "ends-in-future":
      return i18n._("The visit cannot have ended in the future.");
  }
}
