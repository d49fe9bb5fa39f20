import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { PeopleField } from "../people/PeopleField";
import { Block, Row } from "../parts/Block";
import Button from "../parts/Button";
import { TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import type { Visit } from "../rows/visits";
import { stateOf } from "../rows/visits";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { isOpenPlan, planOf, type DayPlan } from "./plans";

/** The day as a whole: sent to the supervisor and to whom it names, and closed in the evening. */
export function DayPlanBlock({ day, visits }: { readonly day: string; readonly visits: readonly Visit[] }) {
  const workspace = useWorkspace();
  const { person } = workspace;
  const now = useNow();
  const say = useSnack();
  const [sending, setSending] = useState(false);
  const found = useLive(async (read) => ({ plan: await planOf(read, day, person.user.id) }), [day]);
  if (!found || (visits.length === 0 && !found.plan)) return null;
  const { plan } = found;
  const state = plan?.state ?? "draft";
  const close = async () => {
    if (!plan) return;
    await workspace.act((group) => {
      group.act("day_plans", "finish", plan.id, {}, { state: "done" });
    });
    say(i18n._("The day is closed."));
  };
  return (
    <Block title={i18n._("Day plan")}>
      <Row
        title={state === "sent" && plan?.unsent && !plan.sent_at ? i18n._("Goes to your supervisor when there is a network") : sayState(state)}
        sub={plan?.sent_at ? i18n._("Sent {when}", { when: sayInstant(plan.sent_at, now, person.organisation.timezone) }) : plan?.note}
        right={
          isOpenPlan(state) && (
            <Button
              color="primary"
              fill={state === "sent" ? "outline" : "solid"}
              onClick={() => {
                setSending(true);
              }}
            >
              {state === "sent" ? i18n._("Edit") : i18n._("Send")}
            </Button>
          )
        }
      />
      {state === "sent" && visits.every((each) => stateOf(each) === "done" || stateOf(each) === "cancelled") && (
        <Button block onClick={() => void close()}>
          {i18n._("Close the day")}
        </Button>
      )}
      {sending && (
        <SendSheet
          day={day}
          plan={plan}
          visits={visits}
          onClose={() => {
            setSending(false);
          }}
        />
      )}
    </Block>
  );
}

function sayState(state: DayPlan["state"]): string {
  switch (state) {
    case "draft":
      return i18n._("Not sent to your supervisor yet");
    case "sent":
      return i18n._("Sent: your supervisor sees it");
    case "done":
      return i18n._("The day is closed");
    case "cancelled":
      return i18n._("Withdrawn");
  }
}

interface SendProps {
  readonly day: string;
  readonly plan: DayPlan | undefined;
  readonly visits: readonly Visit[];
  readonly onClose: () => void;
}

function SendSheet({ day, plan, visits, onClose }: SendProps) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `plan:${day}`;
  const before = { note: plan?.note ?? "", copied: plan?.copied_to ?? null };
  const draft = useDraft<{ note: string; copied: string | null }>(form, before);
  const { note, copied } = draft.value ?? before;
  const isSent = plan?.state === "sent";
  const send = async () => {
    const said = { note: note.trim() === "" ? null : note.trim(), copied_to: copied };
    await workspace.act(
      (group) => {
        const id = plan?.id ?? group.create("day_plans", { plan_on: day, ...said });
        if (plan) group.update("day_plans", plan.id, said);
        for (const visit of visits) {
          const loose = (visit.plan_id ?? null) === null && visit.planned_on === day && stateOf(visit) === "planned";
          if (loose) group.update("visits", visit.id, { plan_id: id });
        }
        if (!isSent) group.act("day_plans", "send", id, {}, { state: "sent" });
      },
      { draft: form },
    );
    say(isSent ? i18n._("The plan is changed.") : i18n._("Kept. It is sent when there is a network."));
    onClose();
  };
  return (
    <Sheet
      title={isSent ? i18n._("Change the plan") : i18n._("Send the day plan")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void send()}>
          {isSent ? i18n._("Save") : i18n._("Send the plan")}
        </Button>
      }
    >
      <p>{i18n._("{n, plural, one {# visit} other {# visits}}. Your supervisor sees it; name who else is to.", { n: visits.length })}</p>
      <PeopleField
        labelled
        label={i18n._("Copied to")}
        value={copied}
        onChange={(next) => {
          draft.set({ copied: next });
        }}
      />
      <TextField
        label={i18n._("Note (optional)")}
        most={2000}
        value={note}
        onChange={(next) => {
          draft.set({ note: next });
        }}
      />
    </Sheet>
  );
}
