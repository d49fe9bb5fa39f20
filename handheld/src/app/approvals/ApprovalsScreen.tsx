import { useLocation } from "wouter";
import { i18n } from "../../i18n";
import css from "../expenses/expenses.module.css";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { useBeside } from "../shell/beside";
import { useIsWide } from "../shell/wide";
import { sayMoney } from "../words/money";
import { flagsOf } from "./content";
import { openIds, useStandings, type Asked } from "./useStandings";
import { sayStanding } from "./words";

/** Decisions long past are found at their claims. */
const SETTLED_SHOWN = 30;

/** What waits for a decision of the person, and what became of those he made. */
export function ApprovalsScreen() {
  const asked = useStandings();
  const of = (kind: Asked["standing"]["kind"]) => (asked ?? []).filter((each) => each.standing.kind === kind);
  const open = of("open");
  const isWide = useIsWide();
  const [path] = useLocation();
  const beside = useBeside("approvals", openIds(asked));
  const shown = isWide && path === "/approvals" ? beside : undefined;
  return (
    <Screen title={i18n._("Approvals")}>
      {asked && open.length === 0 && (
        <Block>
          <Empty title={i18n._("Nothing waits for you")}>{i18n._("Claims that need your decision come here by themselves.")}</Empty>
        </Block>
      )}
      <Group title={i18n._("Waits for you")} asked={open} shown={shown} />
      <Group title={i18n._("Waiting to be confirmed")} asked={of("unconfirmed")} />
      <Group title={i18n._("Decided")} asked={of("settled").slice(0, SETTLED_SHOWN)} />
    </Screen>
  );
}

interface GroupProps {
  readonly title: string;
  readonly asked: readonly Asked[];
  /** The one that stands beside the list without having been opened. */
  readonly shown?: string | undefined;
}

function Group({ title, asked, shown }: GroupProps) {
  const [path] = useLocation();
  if (asked.length === 0) return null;
  return (
    <Block title={title}>
      <ul>
        {asked.map(({ part, standing }) => {
          const { text, tone } = sayStanding(standing);
          const isPlain = standing.kind === "open" && !standing.refused;
          return (
            <li key={part.id}>
              <Row
                to={`/approvals/${part.id}`}
                chosen={part.id === shown || path === `/approvals/${part.id}`}
                title={part.title}
                sub={
                  <>
                    {part.requester_name}
                    <span className={css.tags}>
                      {!isPlain && <Tag tone={tone}>{text}</Tag>}
                      {flagsOf(part).length > 0 && <Tag tone="bad">{i18n._("Look twice")}</Tag>}
                      {isPlain && part.needs_password && <Tag tone="warn">{i18n._("With password")}</Tag>}
                    </span>
                  </>
                }
                right={<span className={css.money}>{sayMoney(part.amount_minor, part.currency)}</span>}
              />
            </li>
          );
        })}
      </ul>
    </Block>
  );
}
