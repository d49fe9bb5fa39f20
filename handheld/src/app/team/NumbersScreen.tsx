import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { lossReasons, type LossReason } from "../opportunities/words";
import { Block, Empty } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { Screen } from "../parts/Screen";
import { sayChoice } from "../words/choices";
import { sayShort } from "../words/money";
import { useToday } from "../words/now";
import { monthAfter, sayMonth } from "../words/times";
import { useKeptAnswer } from "./kept_answer";
import { Standing } from "./Standing";
import css from "./team.module.css";

interface FunnelLine {
  readonly key: string | null;
  readonly name: string | null;
  readonly currency: string | null;
  readonly open_count: number;
  readonly open_minor: number;
  readonly weighted_minor: number;
}

interface Conversion {
  readonly owner_id: string;
  readonly owner_name: string | null;
  readonly month: string;
  readonly customer_count: number;
  readonly buyer_count: number;
}

interface Loss {
  readonly reason: LossReason;
  readonly currency: string;
  readonly count: number;
  readonly amount_minor: number;
}

interface Items<T> {
  readonly items: readonly T[];
}

type Months = "3" | "12";

/** What stands open by stage and by person, who becomes a buyer, and why others do not. Counted by the office. */
export function NumbersScreen() {
  const today = useToday();
  const [months, setMonths] = useState<Months>("3");
  const from = `from_on=${monthAfter(today.slice(0, 7), 1 - Number(months))}-01`;
  const below = "/api/v1/opportunities";
  const answer = useKeptAnswer("numbers", [
    `${below}/funnel`,
    `${below}/funnel?by=owner`,
    `${below}/conversion?${from}`,
    `${below}/losses?${from}`,
  ]);
  const [stages, owners, conversions, losses] = (answer.kept?.bodies ?? []) as readonly [
    Items<FunnelLine>?,
    Items<FunnelLine>?,
    Items<Conversion>?,
    Items<Loss>?,
  ];
  return (
    <Screen title={i18n._("Sales numbers")} back="/team">
      <Standing answer={answer} />
      {stages && owners && (
        <Block title={i18n._("Open opportunities")}>
          <Funnel title={i18n._("Stage")} lines={stages.items} />
          <Funnel title={i18n._("Team member")} lines={owners.items.filter((each) => each.open_count > 0)} />
        </Block>
      )}
      {conversions && losses && (
        <>
          <Chips
            label={i18n._("The last")}
            required
            choices={[
              { value: "3", text: i18n._("3 months") },
              { value: "12", text: i18n._("12 months") },
            ]}
            value={months}
            onChange={(chosen) => {
              if (chosen !== null) setMonths(chosen);
            }}
          />
          <Block title={i18n._("Who becomes a buyer")}>
            <Buyers lines={conversions.items} />
          </Block>
          <Block title={i18n._("Why opportunities were lost")}>
            <Losses lines={losses.items.filter((each) => each.count > 0)} />
          </Block>
        </>
      )}
    </Screen>
  );
}

function Funnel({ title, lines }: { readonly title: string; readonly lines: readonly FunnelLine[] }) {
  const { person } = useWorkspace();
  const money = (minor: number, currency: string | null) => sayShort(minor, currency ?? person.organisation.currency);
  return (
    <Table
      heads={[title, i18n._("Number"), i18n._("Amount"), i18n._("Weighted")]}
      rows={lines.map((each) => ({
        key: `${each.key ?? ""}${each.currency ?? ""}`,
        cells: [each.name ?? each.key ?? i18n._("None"), String(each.open_count), money(each.open_minor, each.currency), money(each.weighted_minor, each.currency)],
      }))}
    />
  );
}

function Buyers({ lines }: { readonly lines: readonly Conversion[] }) {
  if (lines.length === 0) return <Empty title={i18n._("Nobody was first met in these months")} />;
  return (
    <Table
      heads={[i18n._("Team member"), i18n._("First met in"), i18n._("Customers"), i18n._("Buyers"), i18n._("Rate")]}
      rows={lines.map((each) => ({
        key: `${each.owner_id}${each.month}`,
        cells: [
          each.owner_name ?? i18n._("A colleague"),
          sayMonth(each.month),
          String(each.customer_count),
          String(each.buyer_count),
          rateOf(each.buyer_count, each.customer_count),
        ],
      }))}
    />
  );
}

function Losses({ lines }: { readonly lines: readonly Loss[] }) {
  if (lines.length === 0) return <Empty title={i18n._("Nothing was lost in these months")} />;
  return (
    <Table
      heads={[i18n._("Reason"), i18n._("Lost"), i18n._("Amount")]}
      rows={lines.map((each) => ({
        key: `${each.reason}${each.currency}`,
        cells: [sayChoice(lossReasons(), each.reason), String(each.count), sayShort(each.amount_minor, each.currency)],
      }))}
    />
  );
}

/** Whole percent, as near as it gets. */
const rateOf = (some: number, all: number): string => `${String(Math.round((some * 100) / all))}%`;

interface TableProps {
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly string[] }[];
}

function Table({ heads, rows }: TableProps) {
  return (
    <div className={css.wide} role="region" aria-label={heads[0]} tabIndex={0}>
      <table className={css.tight}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {rest.map((cell, place) => (
                <td key={heads[place + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
