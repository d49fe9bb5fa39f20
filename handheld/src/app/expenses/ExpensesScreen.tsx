import AddOutline from "antd-mobile-icons/es/AddOutline";
import Button from "../parts/Button";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { isInHand, readMine, stateOf, sumOf, type Claim, type ExpenseLine } from "../rows/expenses";
import { sayMoney } from "../words/money";
import css from "./expenses.module.css";
import { sayClaim } from "./words";

type Mine = { readonly claim: Claim; readonly lines: readonly ExpenseLine[] };

/** One's own claims, by what is to be done about them. */
export function ExpensesScreen() {
  const { person } = useWorkspace();
  const [, navigate] = useLocation();
  const mine = useLive((read) => readMine(read, person.user.id), []);
  const add = () => {
    navigate("/expenses/new");
  };
  const of = (fits: (claim: Claim) => boolean) => (mine ?? []).filter(({ claim }) => fits(claim));
  return (
    <Screen
      title={i18n._("Expenses")}
      actions={
        <Button color="primary" onClick={add}>
          <AddOutline aria-hidden /> {i18n._("Expense")}
        </Button>
      }
    >
      {mine?.length === 0 && (
        <Block>
          <Empty
            title={i18n._("No expenses yet")}
            action={
              <Button color="primary" size="large" onClick={add}>
                {i18n._("Enter an expense")}
              </Button>
            }
          >
            {i18n._("Enter it while the receipt is in your hand, also without a network. Submit the claim when it is complete.")}
          </Empty>
        </Block>
      )}
      <Group title={i18n._("In your hand")} mine={of((claim) => isInHand(stateOf(claim)))} />
      <Group title={i18n._("Waiting for approval")} mine={of((claim) => stateOf(claim) === "submitted")} />
      <Group title={i18n._("Decided")} mine={of((claim) => ["approved", "rejected", "reimbursed"].includes(stateOf(claim)))} />
    </Screen>
  );
}

function Group({ title, mine }: { readonly title: string; readonly mine: readonly Mine[] }) {
  const [path] = useLocation();
  if (mine.length === 0) return null;
  return (
    <Block title={title}>
      <ul>
        {mine.map(({ claim, lines }) => (
          <li key={claim.id}>
            <ClaimRow claim={claim} lines={lines} chosen={path.startsWith(`/expenses/${claim.id}`)} />
          </li>
        ))}
      </ul>
    </Block>
  );
}

function ClaimRow({ claim, lines, chosen }: Mine & { readonly chosen: boolean }) {
  const { person } = useWorkspace();
  const { text, tone } = sayClaim(claim);
  return (
    <Row
      to={`/expenses/${claim.id}`}
      chosen={chosen}
      title={claim.title}
      sub={i18n._("{n, plural, one {# expense} other {# expenses}}", { n: lines.length })}
      right={
        <span className={css.end}>
          <span className={css.money}>{sayMoney(sumOf(lines), person.organisation.currency)}</span>
          <Tag tone={tone}>{text}</Tag>
        </span>
      }
    />
  );
}
