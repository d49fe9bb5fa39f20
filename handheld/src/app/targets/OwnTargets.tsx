import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { sayWhole } from "../words/money";
import css from "./targets.module.css";
import { ownTargets, type Measure, type Progress } from "./targets";

/** The targets of the month for whoever has some, and what is still wanting: counted on this device, so right offline. */
export function OwnTargets({ day }: { readonly day: string }) {
  const { person } = useWorkspace();
  const { currency, timezone } = person.organisation;
  const found = useLive((read) => ownTargets(read, person.user.id, day, timezone, currency), [day, person.user.id]);
  if (!found || found.length === 0) return null;
  return (
    <Block title={i18n._("This month")}>
      {found.map(({ target, progress }) => (
        <Line key={target.id} measure={target.measure} progress={progress} currency={currency} />
      ))}
    </Block>
  );
}

function Line({ measure, progress: { amount, done, gap }, currency }: { readonly measure: Measure; readonly progress: Progress; readonly currency: string }) {
  const say = (number: number) => (measure === "visits" ? String(number) : sayWhole(number, currency));
  return (
    <div className={css.line} data-reached={gap === 0}>
      <p className={css.words}>
        <span>{measure === "visits" ? i18n._("Visits done") : i18n._("Amount won")}</span>
        <b>{i18n._("{done} of {amount}", { done: say(done), amount: say(amount) })}</b>
      </p>
      <div className={css.bar} aria-hidden>
        <span style={{ inlineSize: `${Math.min(100, (done / amount) * 100)}%` }} />
      </div>
      <p className={css.gap}>{gap === 0 ? i18n._("Reached") : i18n._("{gap} to go", { gap: say(gap) })}</p>
    </div>
  );
}
