import AddOutline from "antd-mobile-icons/es/AddOutline";
import Button from "../parts/Button";
import { useDeferredValue, useMemo } from "react";
import { Link, useLocation } from "wouter";
import { i18n } from "../../i18n";
import { OpenConflicts } from "../conflicts/OpenConflicts";
import { Empty, TextLink } from "../parts/Block";
import { LongList } from "../parts/LongList";
import { Screen } from "../parts/Screen";
import { SearchField } from "../parts/SearchField";
import { Tag } from "../parts/Tag";
import { useRemembered } from "../shell/remembered";
import { sayChoice, stages } from "../words/choices";
import { sayPhone } from "../words/phones";
import css from "./customers.module.css";
import { search, type Entry } from "./directory";
import { useDirectory } from "./useDirectory";

/** All customers on this device, found by name, pinyin initials or the end of a phone. */
export function CustomersScreen() {
  const [query, setQuery] = useRemembered("customers.query", "");
  const [path, navigate] = useLocation();
  const entries = useDirectory();
  const asked = useDeferredValue(query);
  const found = useMemo(() => entries && search(entries, asked), [entries, asked]);
  const add = () => {
    navigate("/customers/new");
  };
  return (
    <Screen
      title={i18n._("Customers")}
      scrolls={false}
      head={<SearchField label={i18n._("Search customers")} placeholder={i18n._("Name, initials or end of phone")} value={query} onChange={setQuery} />}
      actions={
        <Button color="primary" onClick={add}>
          <AddOutline aria-hidden /> {i18n._("New")}
        </Button>
      }
    >
      <OpenConflicts />
      {found && (
        <div className={css.count}>
          <p role="status">{i18n._("{n, plural, one {# customer} other {# customers}}", { n: found.length })}</p>
          <TextLink to="/opportunities">{i18n._("Opportunities by worth")}</TextLink>
        </div>
      )}
      {found?.length === 0 ? (
        <Empty
          title={query.trim() === "" ? i18n._("No customers yet") : i18n._("Nobody found")}
          action={
            <Button color="primary" size="large" onClick={add}>
              {i18n._("Enter a new customer")}
            </Button>
          }
        >
          {query.trim() === ""
            ? i18n._("Whom you enter here is yours, and is sent to the office by itself.")
            : i18n._("Only customers on this device are searched: your own and those of your team.")}
        </Empty>
      ) : (
        found && (
          <LongList
            label={i18n._("Customers")}
            items={found}
            rowHeight={68}
            keyOf={(entry) => entry.customer.id}
            draw={(entry) => <CustomerLine entry={entry} chosen={path === `/customers/${entry.customer.id}`} />}
          />
        )
      )}
    </Screen>
  );
}

function CustomerLine({ entry, chosen }: { readonly entry: Entry; readonly chosen: boolean }) {
  const { customer, phones } = entry;
  const phone = phones.find((each) => each.is_current ?? true) ?? phones[0];
  return (
    <Link href={`/customers/${customer.id}`} className={css.line} aria-current={chosen ? "page" : undefined}>
      <span className={css.words}>
        <span className={css.name}>{customer.name}</span>
        <span className={css.sub}>
          {[sayChoice(stages(), (customer.stage as typeof customer.stage | undefined) ?? "prospect"), phone && sayPhone(phone.number)]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      {customer.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
      {customer.grade && <GradeMark grade={customer.grade} />}
    </Link>
  );
}

/** The grade as one letter; the two that matter most stand out. */
export function GradeMark({ grade }: { readonly grade: "A" | "B" | "C" | "D" | "E" }) {
  return <Tag tone={grade === "A" ? "bad" : grade === "B" ? "warn" : "plain"}>{i18n._("Grade {grade}", { grade })}</Tag>;
}
