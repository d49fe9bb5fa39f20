import Button from "../parts/Button";
import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useLive, useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import css from "../expenses/expenses.module.css";
import { LineFacts } from "../expenses/LineFacts";
import { discard } from "../mend/items";
import { Block, Empty, Fact, Facts, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import type { Named } from "../shell/routes";
import { sayMoney } from "../words/money";
import { useNow } from "../words/now";
import { sayProblem } from "../words/problems";
import { sayInstant } from "../words/times";
import { contentOf, flagsOf } from "./content";
import { DecideSheet } from "./DecideSheet";
import own from "./approvals.module.css";
import type { Answer, Refusal, Standing } from "./standing";
import { useStanding } from "./useStandings";
import { sayAnswer, sayStanding, sayWish } from "./words";

/** One claim on one page: what it is, its evidence, what to look at twice, and the decision. */
export function ApprovalScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const asked = useStanding(id);
  if (asked === undefined) return null;
  if (asked === null) {
    return (
      <Screen title={i18n._("Approval")} back="/approvals">
        <Empty title={i18n._("This request is not on this device")}>{i18n._("It may not be yours to decide any more.")}</Empty>
      </Screen>
    );
  }
  const { part, standing } = asked;
  const content = contentOf(part);
  return (
    <Screen title={part.title} back="/approvals" isText foot={standing.kind === "open" ? <Deciding part={part} /> : undefined}>
      <Told part={part} standing={standing} />
      <Head part={part} standing={standing} note={content.note} />
      {content.lines.map((line) => (
        <LineFacts key={line.id} line={line} />
      ))}
    </Screen>
  );
}

function Head({ part, standing, note }: { readonly part: Shown<"approvals">; readonly standing: Standing; readonly note: string | null }) {
  const { person } = useWorkspace();
  const now = useNow();
  const standsFor = useLive((read) => (part.for_id ? read.get("staff", part.for_id) : Promise.resolve(undefined)), [part.for_id]);
  const { text, tone } = sayStanding(standing);
  return (
    <Block>
      <div className={css.total}>
        <Tag tone={tone}>{text}</Tag>
        <strong>{sayMoney(part.amount_minor, part.currency)}</strong>
      </div>
      <Facts>
        <Fact name={i18n._("From")}>{part.requester_name}</Fact>
        <Fact name={i18n._("Asked")}>{sayInstant(part.created_at, now, person.organisation.timezone)}</Fact>
        {part.step_count > 1 && <Fact name={i18n._("Step")}>{i18n._("{step} of {count}", { step: part.step, count: part.step_count })}</Fact>}
        {part.for_id !== null && <Fact name={i18n._("In place of")}>{standsFor?.name ?? i18n._("a colleague")}</Fact>}
        {note !== null && <Fact name={i18n._("Remark")}>{note}</Fact>}
      </Facts>
    </Block>
  );
}

function Told({ part, standing }: { readonly part: Shown<"approvals">; readonly standing: Standing }) {
  const flags = flagsOf(part);
  return (
    <>
      {standing.kind === "unconfirmed" && (
        <Note tone="warn">
          {i18n._("{wish}: waiting to be confirmed. The office has not heard of it yet, and it only counts when it has.", { wish: sayWish(standing.answer) })}
        </Note>
      )}
      {standing.kind !== "unconfirmed" && standing.refused && <Refused refused={standing.refused} />}
      {flags.some((each) => each.kind === "same_receipt") && (
        <Note tone="bad">
          {flags.some((each) => each.kind === "same_receipt" && each.by_other)
            ? i18n._("A receipt in it was claimed before, by somebody else.")
            : i18n._("A receipt in it was claimed before.")}
        </Note>
      )}
      {flags.some((each) => each.kind === "similar_receipt") && (
        <Note tone="bad">{i18n._("A receipt in it looks like one that was claimed before.")}</Note>
      )}
      {flags.some((each) => each.kind === "look_alike") && <Note tone="warn">{i18n._("An expense in it looks like one that was claimed before.")}</Note>}
    </>
  );
}

function Refused({ refused }: { readonly refused: Refusal }) {
  const workspace = useWorkspace();
  const { answer, trouble } = refused;
  return (
    <Note tone="bad">
      {i18n._("Your decision “{answer}” was not taken:", { answer: sayAnswer(answer) })} {sayProblem(trouble.code, trouble.params)}
      <div className={own.seen}>
        <Button fill="outline" onClick={() => void discard(workspace, trouble)}>
          {i18n._("I have seen it")}
        </Button>
      </div>
    </Note>
  );
}

function Deciding({ part }: { readonly part: Shown<"approvals"> }) {
  const status = useSyncStatus();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const onlyOnline = part.needs_password && status?.online !== true;
  const choose = (chosen: Answer) => () => {
    setAnswer(chosen);
  };
  return (
    <>
      {onlyOnline && <p className={css.hint}>{i18n._("Above the limit: it is decided with a network and your password only.")}</p>}
      <div className={own.deeds}>
        <Button size="large" color="primary" disabled={onlyOnline} onClick={choose("approve")}>
          {sayAnswer("approve")}
        </Button>
        <Button size="large" disabled={onlyOnline} onClick={choose("return")}>
          {sayAnswer("return")}
        </Button>
        <Button size="large" color="danger" fill="outline" disabled={onlyOnline} onClick={choose("reject")}>
          {sayAnswer("reject")}
        </Button>
      </div>
      {answer !== null && (
        <DecideSheet
          part={part}
          answer={answer}
          onClose={() => {
            setAnswer(null);
          }}
        />
      )}
    </>
  );
}
