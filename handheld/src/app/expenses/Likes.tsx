import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { TextLink } from "../parts/Block";
import { useNames } from "../rows/staff";
import { sayMoney } from "../words/money";
import { useToday } from "../words/now";
import { sayDay } from "../words/times";
import css from "./expenses.module.css";
import { findLikes, type Compared, type Found, type Like } from "./alike";
import { sayKind } from "./words";

/** Ways to the expenses that this one looks like, so that both can be laid side by side. */
export function Likes({ line, told }: { readonly line: Compared; readonly told: readonly Like[] | undefined }) {
  const found = useLive((read) => findLikes(read, line, told), [line.id, JSON.stringify(told ?? null)]);
  if (!found || found.length === 0) return null;
  return (
    <ul className={css.likes}>
      {found.map((each) => (
        <li key={`${each.like.claim} ${each.like.line ?? ""}`}>
          <Other found={each} />
        </li>
      ))}
    </ul>
  );
}

function Other({ found: { like, claim, line } }: { readonly found: Found }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const today = useToday();
  if (!claim) return <p>{i18n._("The other one is {name}’s; you may not open it.", { name: nameFor(like.owner) })}</p>;
  const what = line
    ? [sayKind(line.kind), sayMoney(line.amount_minor, person.organisation.currency), sayDay(line.spent_on, today)]
    : [claim.title];
  return (
    <TextLink to={line ? `/expenses/${like.claim}/${line.id}` : `/expenses/${like.claim}`}>
      {i18n._("Compare with: {what}", { what: [...what, nameFor(like.owner)].join(" · ") })}
    </TextLink>
  );
}
