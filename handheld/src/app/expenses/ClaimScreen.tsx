import AddOutline from "antd-mobile-icons/es/AddOutline";
import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { discard, troubles, type Trouble } from "../mend/items";
import { Block, Empty, Note, Row, TextLink } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { isInHand, isMine, placeOf, readWhole, refusalsOf, spentOf, stateOf, sumOf, type Whole } from "../rows/expenses";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { sayMoney } from "../words/money";
import { useNow, useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { sayDay, sayInstant } from "../words/times";
import { ClaimTitle } from "./ClaimTitle";
import { faultsOfClaim, type Fault } from "./evidence";
import css from "./expenses.module.css";
import { sayClaim, sayFlag, sayKind } from "./words";

/** A claim: its expenses, what is missing, submit or withdraw, and what came of it. */
export function ClaimScreen({ named }: { readonly named: Named }) {
  const { claim: id = "" } = named;
  const found = useLive(async (read) => ({ whole: await readWhole(read, id), refused: await troubles(read) }), [id]);
  if (!found) return null;
  if (!found.whole) {
    return (
      <Screen title={i18n._("Claim")} back="/expenses">
        <Empty title={i18n._("This claim is not on this device")}>{i18n._("It may have been entered on another one that has not synced yet.")}</Empty>
      </Screen>
    );
  }
  return <Claim whole={found.whole} refusals={refusalsOf(found.refused, found.whole)} />;
}

function Claim({ whole, refusals }: { readonly whole: Whole; readonly refusals: readonly Trouble[] }) {
  const { person } = useWorkspace();
  const { claim, lines, visits } = whole;
  const [, navigate] = useLocation();
  const today = useToday();
  const nameFor = useNames();
  const [tried, setTried] = useState(false);
  const mine = isMine(claim, person.user.id);
  const inHand = mine && isInHand(stateOf(claim));
  const faults = inHand ? faultsOfClaim(lines.map((each) => spentOf(each, visits)), today) : [];
  const { text, tone } = sayClaim(claim);
  return (
    <Screen
      title={claim.title}
      back="/expenses"
      foot={
        inHand || (mine && stateOf(claim) === "submitted") ? (
          <Foot
            whole={whole}
            onSubmit={() => {
              setTried(true);
              return faults.length === 0;
            }}
            refusals={refusals}
          />
        ) : undefined
      }
    >
      <Refusals refusals={refusals} claim={claim.id} />
      <Outcome whole={whole} />
      <Block>
        <div className={css.total}>
          <Tag tone={tone}>{text}</Tag>
          <strong>{sayMoney(sumOf(lines), person.organisation.currency)}</strong>
        </div>
        {!mine && <p>{nameFor(claim.owner_id)}</p>}
        {inHand && <ClaimTitle claim={claim} />}
      </Block>
      {tried && faults.length > 0 && (
        <Note tone="bad">
          {i18n._("{n, plural, one {One thing is missing} other {# things are missing}} before it can be submitted. See the lines marked in red.", { n: faults.length })}
        </Note>
      )}
      <Block
        title={i18n._("Expenses")}
        right={
          inHand && (
            <Button
              fill="outline"
              onClick={() => {
                navigate(`/expenses/${claim.id}/new`);
              }}
            >
              <AddOutline aria-hidden /> {i18n._("Expense")}
            </Button>
          )
        }
      >
        {lines.length === 0 && <Empty title={i18n._("No expenses in it yet")} />}
        <ul>
          {lines.map((line) => (
            <li key={line.id}>
              <Row
                to={`/expenses/${claim.id}/${line.id}`}
                title={sayKind(line.kind)}
                sub={<LineSub line={line} whole={whole} faults={faults.filter((each) => each.line === line.id)} loud={tried} />}
                right={<span className={css.money}>{sayMoney(line.amount_minor, person.organisation.currency)}</span>}
              />
            </li>
          ))}
        </ul>
      </Block>
    </Screen>
  );
}

interface LineSubProps {
  readonly line: Whole["lines"][number];
  readonly whole: Whole;
  readonly faults: readonly Fault[];
  /** After he tried to submit. */
  readonly loud: boolean;
}

function LineSub({ line, whole, faults, loud }: LineSubProps) {
  const today = useToday();
  const visit = line.visit_id ? whole.visits.get(line.visit_id) : undefined;
  const flags = (line.flags as string[] | undefined) ?? [];
  return (
    <>
      {[sayDay(line.spent_on, today), visit?.customer_name ?? visit?.place, line.receipt_sha256 ? i18n._("with receipt") : null]
        .filter(Boolean)
        .join(" · ")}
      {faults.map((each) => (
        <span key={each.code} className={loud ? css.wrong : undefined} style={{ display: "block" }}>
          {sayProblem(each.code, each.params)}
        </span>
      ))}
      {flags.length > 0 && (
        <span className={css.tags}>
          {flags.map((flag) => (
            <Tag key={flag} tone="warn">
              {sayFlag(flag)}
            </Tag>
          ))}
        </span>
      )}
    </>
  );
}

/** What the office decided, and why. */
function Outcome({ whole: { claim } }: { readonly whole: Whole }) {
  const { person } = useWorkspace();
  const now = useNow();
  const by = useLive((read) => (claim.decided_by ? read.get("staff", claim.decided_by) : Promise.resolve(undefined)), [claim.decided_by ?? null]);
  const state = stateOf(claim);
  if (state === "submitted" && claim.unsent) {
    return <Note tone="warn">{i18n._("Submitted on this device, not sent yet. The office has not seen it.")}</Note>;
  }
  if (!claim.decided_at || !["approved", "returned", "rejected", "reimbursed"].includes(state)) return null;
  const when = sayInstant(claim.decided_at, now, person.organisation.timezone);
  return (
    <Note tone={state === "rejected" ? "bad" : state === "returned" ? "warn" : "good"}>
      {i18n._("{state} by {name}, {when}", { state: sayClaim(claim).text, name: by?.name ?? i18n._("the office"), when })}
      {claim.comment && <p>{i18n._("“{comment}”", { comment: claim.comment })}</p>}
    </Note>
  );
}

function Refusals({ refusals, claim }: { readonly refusals: readonly Trouble[]; readonly claim: string }) {
  return refusals.map((each) => {
    const place = placeOf(each);
    return (
      <Note key={each.key} tone="bad">
        {each.action === "submit" ? i18n._("The office refused to take the claim:") : i18n._("The office refused a change:")}{" "}
        {sayProblem(each.code, each.params)}
        {place && (
          <p>
            <TextLink to={`/expenses/${claim}/${place.line}`}>{i18n._("Go to the expense")}</TextLink>
          </p>
        )}
      </Note>
    );
  });
}

interface FootProps {
  readonly whole: Whole;
  /** Whether it may go. */
  readonly onSubmit: () => boolean;
  readonly refusals: readonly Trouble[];
}

function Foot({ whole: { claim }, onSubmit, refusals }: FootProps) {
  const workspace = useWorkspace();
  const say = useSnack();
  const state = stateOf(claim);
  const withdraw = () =>
    workspace.act((group) => {
      group.act("expense_claims", "withdraw", claim.id, {}, { state: "withdrawn" });
    });
  const submit = async () => {
    if (!onSubmit()) return;
    await workspace.act((group) => {
      group.act("expense_claims", "submit", claim.id, {}, { state: "submitted" });
    });
    // What was refused before has been mended, or is refused again.
    for (const each of refusals) await discard(workspace, each);
    say(i18n._("Submitted. Waiting to be confirmed."), () => void withdraw());
  };
  if (isInHand(state)) {
    return (
      <Button color="primary" size="large" block onClick={() => void submit()}>
        {state === "draft" ? i18n._("Submit for approval") : i18n._("Submit again")}
      </Button>
    );
  }
  return (
    <Button
      fill="outline"
      size="large"
      block
      onClick={() => {
        void withdraw().then(() => {
          say(i18n._("Withdrawn. You can change it and submit it again."));
        });
      }}
    >
      {i18n._("Withdraw")}
    </Button>
  );
}
