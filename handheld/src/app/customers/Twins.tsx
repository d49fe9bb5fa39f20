import { useDeferredValue, useMemo } from "react";
import { i18n } from "../../i18n";
import { Note, TextLink } from "../parts/Block";
import css from "./customers.module.css";
import { twinsOf, type Typed } from "./directory";
import { sayKnown, sayTwin, useKnown } from "./known";
import { useDirectory } from "./useDirectory";

interface Props extends Typed {
  /** Whose card it is: he is no twin of his own. */
  readonly but?: string;
}

/** Says who may be the same, of this device at once and of the office when it answers, and leaves the decision to the person. */
export function Twins({ but, name = "", phone = "", idNumber = "" }: Props) {
  const entries = useDirectory(name + phone + idNumber !== "");
  const known = useKnown({ name, phone, idNumber });
  const [called, number, paper] = [useDeferredValue(name), useDeferredValue(phone), useDeferredValue(idNumber)];
  const twins = useMemo(
    () => (entries ? twinsOf(entries, { name: called, phone: number, idNumber: paper }, but) : []),
    [entries, called, number, paper, but],
  );
  const here = new Set([but, ...twins.map(({ entry }) => entry.customer.id)]);
  const more = known.filter((each) => each.customer_id === null || !here.has(each.customer_id));
  if (twins.length + more.length === 0) return null;
  return (
    <Note tone="warn">
      <div className={css.twin}>
        <strong>{i18n._("Perhaps known already")}</strong>
        {twins.map(({ entry, why }) => (
          <TextLink key={entry.customer.id} to={`/customers/${entry.customer.id}`}>
            {sayTwin(why, entry.customer.name)}
          </TextLink>
        ))}
        {more.map((each) => (
          <span key={each.customer_id ?? `${each.why} ${each.owner_name}`}>{sayKnown(each)}</span>
        ))}
      </div>
    </Note>
  );
}
