import { useState, type ReactNode } from "react";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import Button from "../parts/Button";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { useMay } from "../rights/useRights";
import { useIsWide } from "../shell/wide";
import { TargetSheet } from "../targets/TargetSheet";
import { targetsByPerson, type Measure, type Target } from "../targets/targets";
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

type Targets = Partial<Record<Measure, Target>>;
/** value: what is below "\n" stands on a line of its own where columns are narrow. */
type Column = readonly [name: string, value: (numbers: Numbers, targets?: Targets) => string, isMoney?: boolean];

interface Shown {
  readonly month: Month;
  readonly targetsOf: (id: string) => Targets;
  /** Given to whoever may set targets. */
  readonly onSet?: ((id: string, name: string) => void) | undefined;
}

/** The month's report: what each person did, counted by the office, written by nobody. */
export function MonthScreen() {
  const today = useToday();
  const isWide = useIsWide();
  const [month, setMonth] = useState(today.slice(0, 7));
  const answer = useKeptAnswer("month", [`/api/v1/board/month?on=${month}-01`]);
  const found = answer.kept?.bodies[0] as Month | undefined;
  const targets = useLive(async (read) => targetsByPerson(await read.where("targets", "month_on", `${month}-01`)), [month]);
  const [setting, setSetting] = useState<{ id: string; name: string } | null>(null);
  const maySet = useMay("targets.write");
  const targetsOf = (id: string) => targets?.get(id) ?? {};
  const onSet =
    maySet && targets
      ? (id: string, name: string) => {
          setSetting({ id, name });
        }
      : undefined;
  // Targets of the month to come are set before it begins.
  const isLast = month >= monthAfter(today.slice(0, 7), maySet ? 1 : 0);
  return (
    <Screen
      title={i18n._("Month's report")}
      back="/team"
      isText={!isWide}
      head={
        <Stepper
          text={sayMonth(month)}
          before={i18n._("The month before")}
          after={i18n._("The month after")}
          isLast={isLast}
          onStep={(by) => {
            setMonth(monthAfter(month, by));
          }}
        />
      }
    >
      <Standing answer={answer} />
      {found && (isWide ? <Tables month={found} targetsOf={targetsOf} onSet={onSet} /> : <Cards month={found} targetsOf={targetsOf} onSet={onSet} />)}
      {setting && (
        <TargetSheet
          owner={setting}
          month={month}
          targets={targetsOf(setting.id)}
          onClose={() => {
            setSetting(null);
          }}
        />
      )}
    </Screen>
  );
}

interface Group {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** In two, each of which fits beside the list on a screen of 1280. */
function groupsOf({ currency, total }: Month): readonly [field: Group, sales: Group] {
  const money = (minor: number | null) => (minor === null ? "" : sayWhole(minor, currency));
  const field: readonly Column[] = [
    [i18n._("Done of planned"), (each) => `${each.kept} / ${each.planned}`],
    [i18n._("Missed"), (each) => String(each.missed)],
    [i18n._("Not heard from"), (each) => String(each.not_heard_from)],
    [i18n._("Late"), (each) => String(each.late)],
    [i18n._("Visits done"), (each, { visits } = {}) => outOf(String(each.visits), visits && String(visits.amount))],
    [i18n._("Unplanned"), (each) => String(each.unplanned)],
    [i18n._("Calls"), (each) => String(each.calls)],
    [i18n._("Other contacts"), (each) => String(each.contacts)],
    [i18n._("Receptions"), (each) => String(each.receptions)],
    [i18n._("Days worked"), (each) => String(each.days_worked)],
  ];
  const sales: readonly (Column | false)[] = [
    [i18n._("New customers"), (each) => String(each.customers)],
    [i18n._("Opportunities opened"), (each) => String(each.opened)],
    [i18n._("Won"), (each, { won_amount: target } = {}) => (each.won === 0 && !target ? "0" : `${each.won}\n${outOf(money(each.won_minor), target && money(target.amount))}`)],
    [i18n._("Lost"), (each) => (each.lost === 0 ? "0" : `${each.lost}\n${money(each.lost_minor)}`)],
    total.spent_minor !== null && [i18n._("Expenses"), (each) => money(each.spent_minor), true],
  ];
  return [
    { name: i18n._("In the field"), columns: field },
    { name: i18n._("Customers and sales"), columns: sales.filter((each) => each !== false) },
  ];
}

const outOf = (done: string, amount: string | undefined) => (amount === undefined ? done : i18n._("{done} of {amount}", { done, amount }));

/** Where there is room: a line each, and the sum below. Targets are set beside what was sold. */
function Tables({ month, targetsOf, onSet }: Shown) {
  const [field, sales] = groupsOf(month);
  return (
    <>
      <Table group={field} month={month} targetsOf={targetsOf} />
      <Table group={sales} month={month} targetsOf={targetsOf} onSet={onSet} />
    </>
  );
}

function Table({ group: { name: title, columns }, month, targetsOf, onSet }: Shown & { readonly group: Group }) {
  return (
    <Block title={title}>
      <div className={css.wide} role="region" aria-label={title} tabIndex={0}>
        <table className={css.tight}>
          <thead>
            <tr>
              <th scope="col">{i18n._("Team member")}</th>
              {columns.map(([name]) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {onSet && <th scope="col">{i18n._("Month's target")}</th>}
            </tr>
          </thead>
          <tbody>
            {month.items.map(({ user_id, name, numbers }) => (
              <tr key={user_id}>
                <th scope="row">{name}</th>
                {columns.map(([column, value]) => (
                  <td key={column}>{value(numbers, targetsOf(user_id))}</td>
                ))}
                {onSet && (
                  <td>
                    <SetTarget id={user_id} name={name} onSet={onSet} isShort />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{i18n._("All together")}</th>
              {columns.map(([column, value]) => (
                <td key={column}>{value(month.total)}</td>
              ))}
              {onSet && <td />}
            </tr>
          </tfoot>
        </table>
      </div>
    </Block>
  );
}

/** On a phone: the sum, then a card each. */
function Cards({ month, targetsOf, onSet }: Shown) {
  const columns = groupsOf(month).flatMap((group) => group.columns);
  return (
    <>
      <Card title={i18n._("All together")} numbers={month.total} columns={columns} />
      {month.items.map(({ user_id, name, numbers }) => (
        <Card
          key={user_id}
          title={name}
          numbers={numbers}
          columns={columns}
          targets={targetsOf(user_id)}
          right={onSet && <SetTarget id={user_id} name={name} onSet={onSet} />}
        />
      ))}
    </>
  );
}

interface CardProps {
  readonly title: string;
  readonly numbers: Numbers;
  readonly columns: readonly Column[];
  readonly targets?: Targets;
  readonly right?: ReactNode;
}

function Card({ title, numbers, columns, targets, right }: CardProps) {
  return (
    <Block title={title} right={right}>
      <dl className={css.pairs}>
        {columns.map(([name, value, isMoney = false]) => {
          const text = value(numbers, targets).replace("\n", " · ");
          return (
            <div key={name} className={isMoney || text.length > 6 ? css.whole : undefined}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
    </Block>
  );
}

interface SetProps {
  readonly id: string;
  readonly name: string;
  readonly onSet: (id: string, name: string) => void;
  /** Below a head that says what it is. */
  readonly isShort?: boolean;
}

function SetTarget({ id, name, onSet, isShort = false }: SetProps) {
  return (
    <Button
      fill="outline"
      aria-label={isShort ? i18n._("Set the month's target of {name}", { name }) : i18n._("Month's target of {name}", { name })}
      onClick={() => {
        onSet(id, name);
      }}
    >
      {isShort ? i18n._("Set") : i18n._("Month's target")}
    </Button>
  );
}
