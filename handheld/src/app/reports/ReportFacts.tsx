import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import { useLive } from "../../hooks/live";
import type { Facts } from "./facts";
import css from "./reports.module.css";
import { factNames } from "./words";

/** What happened in the days of a report: numbers, and those questions of it that this device may show. */
export function ReportFacts({ facts, isKept }: { readonly facts: Partial<Facts>; /** As of the sending; else so far. */ readonly isKept: boolean }) {
  const ids = facts.questions ?? [];
  const questions = useLive(async (read) => (await Promise.all(ids.map((id) => read.get("questions", id)))).filter((each) => each !== undefined), [ids.join()]);
  return (
    <Block title={isKept ? i18n._("What happened") : i18n._("What happened so far")}>
      <dl className={css.facts}>
        {factNames().filter(([name]) => !isKept || facts[name] !== undefined).map(([name, text]) => (
          <div key={name} className={css.fact}>
            <dt>{text}</dt>
            <dd>{facts[name] ?? 0}</dd>
          </div>
        ))}
      </dl>
      {questions?.map((each) => <Row key={each.id} to={`/questions/${each.id}`} title={each.text} sub={each.answer ?? i18n._("Not answered yet")} />)}
    </Block>
  );
}
