import LeftOutline from "antd-mobile-icons/es/LeftOutline";
import RightOutline from "antd-mobile-icons/es/RightOutline";
import { useState } from "react";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useIsWide } from "../shell/wide";
import { sayWhole } from "../words/money";
import { useToday } from "../words/now";
import { monthAfter, sayMonth } from "../words/times";
import { useKeptAnswer } from "./kept_answer";
import { Standing } from "./Standing";
import css from "./team.module.css";

/** As the office counts them (docs/rules/fieldwork.md, F20). */
interface Numbers {
  readonly planned: number;
  readonly kept: number;
  readonly open: number;
  readonly not_heard_from: number;
  readonly missed: number;
  readonly late: number;
  readonly visits: number;
  readonly unplanned: number;
  readonly calls: number;
  readonly contacts: number;
  readonly receptions: number;
  readonly days_worked: number;
  readonly customers: number;
  readonly opened: number;
  readonly won: number;
  readonly won_minor: number;
  readonly lost: number;
  readonly lost_minor: number;
  readonly spent_minor: number | null;
}

interface Month {
  readonly currency: string;
  readonly items: readonly { readonly user_id: string; readonly name: string; readonly unit_name: string; readonly numbers: Numbers }[];
  readonly total: Numbers;
}

type Column = readonly [name: string, value: (numbers: Numbers) => string];

/** The month's report: what each person did, counted by the office, written by nobody. */
export function MonthScreen() {
  const today = useToday();
  const isWide = useIsWide();
  const [month, setMonth] = useState(today.slice(0, 7));
  const answer = useKeptAnswer("month", [`/api/v1/board/month?on=${month}-01`]);
  const found = answer.kept?.bodies[0] as Month | undefined;
  const isNow = month >= today.slice(0, 7);
  return (
    <Screen
      title={i18n._("Month's report")}
      back="/team"
      isText={!isWide}
      head={
        <div className={css.months}>
          <button
            type="button"
            aria-label={i18n._("The month before")}
            onClick={() => {
              setMonth(monthAfter(month, -1));
            }}
          >
            <LeftOutline aria-hidden />
          </button>
          <span className={css.month}>{sayMonth(month)}</span>
          <button
            type="button"
            aria-label={i18n._("The month after")}
            disabled={isNow}
            onClick={() => {
              setMonth(monthAfter(month, 1));
            }}
          >
            <RightOutline aria-hidden />
          </button>
        </div>
      }
    >
      <Standing answer={answer} />
      {found && (isWide ? <Table month={found} /> : <Cards month={found} />)}
    </Screen>
  );
}

function columnsOf({ currency, total }: Month): readonly Column[] {
  const money = (minor: number | null) => (minor === null ? "" : sayWhole(minor, currency));
  const all: readonly (Column | false)[] = [
    [i18n._("Done of planned"), (each) => `${each.kept} / ${each.planned}`],
    [i18n._("Missed"), (each) => String(each.missed)],
    [i18n._("Not heard from"), (each) => String(each.not_heard_from)],
    [i18n._("Late"), (each) => String(each.late)],
    [i18n._("Visits done"), (each) => String(each.visits)],
    [i18n._("Unplanned"), (each) => String(each.unplanned)],
    [i18n._("Calls"), (each) => String(each.calls)],
    [i18n._("Other contacts"), (each) => String(each.contacts)],
    [i18n._("Receptions"), (each) => String(each.receptions)],
    [i18n._("Days worked"), (each) => String(each.days_worked)],
    [i18n._("New customers"), (each) => String(each.customers)],
    [i18n._("Opportunities opened"), (each) => String(each.opened)],
    [i18n._("Won"), (each) => (each.won === 0 ? "0" : `${each.won} · ${money(each.won_minor)}`)],
    [i18n._("Lost"), (each) => (each.lost === 0 ? "0" : `${each.lost} · ${money(each.lost_minor)}`)],
    total.spent_minor !== null && [i18n._("Expenses"), (each) => money(each.spent_minor)],
  ];
  return all.filter((each) => each !== false);
}

/** Where there is room: a line each, and the sum below. */
function Table({ month }: { readonly month: Month }) {
  const columns = columnsOf(month);
  return (
    <Block>
      <div className={css.wide} role="region" aria-label={i18n._("Month's report")} tabIndex={0}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{i18n._("Team member")}</th>
              {columns.map(([name]) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {month.items.map(({ user_id, name, numbers }) => (
              <tr key={user_id}>
                <th scope="row">{name}</th>
                {columns.map(([column, value]) => (
                  <td key={column}>{value(numbers)}</td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{i18n._("All together")}</th>
              {columns.map(([column, value]) => (
                <td key={column}>{value(month.total)}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </Block>
  );
}

/** On a phone: the sum, then a card each. */
function Cards({ month }: { readonly month: Month }) {
  const columns = columnsOf(month);
  return (
    <>
      <Card title={i18n._("All together")} numbers={month.total} columns={columns} />
      {month.items.map(({ user_id, name, numbers }) => (
        <Card key={user_id} title={name} numbers={numbers} columns={columns} />
      ))}
    </>
  );
}

function Card({ title, numbers, columns }: { readonly title: string; readonly numbers: Numbers; readonly columns: readonly Column[] }) {
  return (
    <Block title={title}>
      <dl className={css.pairs}>
        {columns.map(([name, value]) => {
          const text = value(numbers);
          return (
            <div key={name} className={text.length > 6 ? css.whole : undefined}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
    </Block>
  );
}
