import { useMemo } from "react";
import { Link } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import css from "../customers/customers.module.css";
import { ExportButton } from "../exports/ExportButton";
import { OPPORTUNITIES } from "../exports/exporting";
import { Empty } from "../parts/Block";
import { LongList } from "../parts/LongList";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { rank, stageOf, type Ranked } from "../rows/opportunities";
import own from "./opportunities.module.css";
import { useFunnel } from "./useFunnel";
import { sayStage, sayTerms } from "./words";

/** Customers by what they are worth now, with the terms that say so. From this device's own rows, as the office ranks. */
export function OpportunitiesScreen() {
  const { currency } = useWorkspace().person.organisation;
  const funnel = useFunnel();
  const found = useLive(
    async (read) => ({
      opportunities: await read.all("opportunities"),
      names: new Map((await read.all("customers")).map((each) => [each.id, each.name])),
    }),
    [],
  );
  const ranked = useMemo(() => found && rank(found.opportunities, funnel, currency), [found, funnel, currency]);
  return (
    <Screen
      title={i18n._("Opportunities")}
      back="/customers"
      scrolls={false}
      actions={
        <ExportButton
          may="customers.export"
          text={i18n._("As a file")}
          wanted={OPPORTUNITIES}
          about={i18n._("All open opportunities within your reach.")}
        />
      }
      head={<p className={own.rule}>{i18n._("By win probability × amount, each customer with the best open opportunity; of equals the newer first.")}</p>}
    >
      {ranked?.length === 0 ? (
        <Empty title={i18n._("No open opportunities")}>{i18n._("Open a customer and add what he may buy, or make one of a visit.")}</Empty>
      ) : (
        ranked && (
          <LongList
            label={i18n._("Opportunities")}
            items={ranked}
            rowHeight={84}
            keyOf={(each) => each.opportunity.id}
            draw={(each) => <RankedLine ranked={each} name={found?.names.get(each.opportunity.customer_id) ?? ""} />}
          />
        )
      )}
    </Screen>
  );
}

function RankedLine({ ranked, name }: { readonly ranked: Ranked; readonly name: string }) {
  const { currency } = useWorkspace().person.organisation;
  const funnel = useFunnel();
  const { opportunity, terms, others } = ranked;
  const stage = stageOf(opportunity, funnel);
  return (
    <Link href={`/opportunities/${opportunity.id}`} className={css.line}>
      <span className={css.words}>
        <span className={css.name}>{name}</span>
        <span className={css.sub}>{[opportunity.title, stage && sayStage(stage)].filter(Boolean).join(" · ")}</span>
        <span className={css.sub}>{sayTerms(terms, currency)}</span>
      </span>
      {opportunity.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
      {others > 0 && <Tag tone="plain">{i18n._("{n, plural, one {# more} other {# more}}", { n: others })}</Tag>}
    </Link>
  );
}
