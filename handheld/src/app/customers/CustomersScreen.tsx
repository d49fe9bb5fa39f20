import AddOutline from "antd-mobile-icons/es/AddOutline";
import CheckOutline from "antd-mobile-icons/es/CheckOutline";
import Button from "../parts/Button";
import { useDeferredValue, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { i18n } from "../../i18n";
import { OpenConflicts } from "../conflicts/OpenConflicts";
import { Empty, TextLink } from "../parts/Block";
import { LongList } from "../parts/LongList";
import { Screen } from "../parts/Screen";
import { SearchField } from "../parts/SearchField";
import { Tag } from "../parts/Tag";
import { useRemembered } from "../shell/remembered";
import { urgencyOf } from "../rows/profile";
import { importances, sayChoice, sayUrgency, stages } from "../words/choices";
import { useMayAny } from "../rights/useRights";
import { useToday } from "../words/now";
import { sayPhone } from "../words/phones";
import css from "./customers.module.css";
import { search, type Entry } from "./directory";
import { countOf, narrowed, WIDE, type Filter } from "./filters";
import { FilterSheet } from "./FilterSheet";
import { SOUGHT } from "./NewCustomerScreen";
import { SelectedFoot } from "./Selecting";
import { MOST } from "./together";
import { useDirectory } from "./useDirectory";

/** All customers on this device, found by name, pinyin or the end of a phone, narrowed by what they are. */
export function CustomersScreen() {
  const [query, setQuery] = useRemembered("customers.query", "");
  const [path, navigate] = useLocation();
  const entries = useDirectory();
  const asked = useDeferredValue(query);
  const [filter, setFilter] = useRemembered<Filter>("customers.filter", WIDE);
  const [filtering, setFiltering] = useState(false);
  const today = useToday();
  const found = useMemo(() => entries && search(narrowed(entries, filter, today), asked), [entries, filter, today, asked]);
  const owners = useMemo(() => [...new Set(entries?.map((each) => each.customer.owner_id))].filter(Boolean), [entries]);
  const set = countOf(filter);
  const may = useMayAny();
  const maySelect = may !== null && (may("customers.delete") || may("customers.handover"));
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const chosen = useMemo(() => entries?.filter((each) => selected?.has(each.customer.id)).map((each) => each.customer), [entries, selected]);
  const pick = (id: string) => {
    const others = new Set(selected);
    if (!others.delete(id) && others.size < MOST) others.add(id);
    setSelected(others);
  };
  const [, setSought] = useRemembered(SOUGHT, "");
  const add = () => {
    setSought(found?.length === 0 ? query : "");
    navigate("/customers/new");
  };
  return (
    <Screen
      title={i18n._("Customers")}
      scrolls={false}
      head={<SearchField label={i18n._("Search customers")} placeholder={i18n._("Name, pinyin or end of phone")} value={query} onChange={setQuery} />}
      actions={
        <Button color="primary" onClick={add}>
          <AddOutline aria-hidden /> {i18n._("New")}
        </Button>
      }
      foot={selected !== null && chosen ? <SelectedFoot customers={chosen} onDone={() => {
        setSelected(null);
      }} /> : undefined}
    >
      {selected === null && <OpenConflicts />}
      {found && (
        <div className={css.count}>
          <p role="status">{i18n._("{n, plural, one {# customer} other {# customers}}", { n: found.length })}</p>
          {selected === null ? (
            <>
              <TextLink to="/opportunities">{i18n._("Ranking")}</TextLink>
              {maySelect && (
                <Button fill="none" color="primary" onClick={() => {
                  setSelected(new Set());
                }}>
                  {i18n._("Select")}
                </Button>
              )}
            </>
          ) : (
            <Button fill="none" color="primary" onClick={() => {
              setSelected(new Set(found.slice(0, MOST).map((each) => each.customer.id)));
            }}>
              {found.length > MOST ? i18n._("First {n}", { n: MOST }) : i18n._("Select all")}
            </Button>
          )}
          <Button fill="none" color="primary" onClick={() => {
            setFiltering(true);
          }}>
            {set === 0 ? i18n._("Filter") : i18n._("Filter ({n})", { n: set })}
          </Button>
        </div>
      )}
      {found?.length === 0 ? (
        <Empty
          title={query.trim() === "" && set === 0 ? i18n._("No customers yet") : i18n._("Nobody found")}
          action={
            <Button color="primary" size="large" onClick={add}>
              {i18n._("Enter a new customer")}
            </Button>
          }
        >
          {query.trim() === "" && set === 0
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
            draw={(entry) => <CustomerLine entry={entry} today={today} chosen={path === `/customers/${entry.customer.id}`} picked={selected?.has(entry.customer.id)} onPick={pick} />}
          />
        )
      )}
      {filtering && (
        <FilterSheet
          filter={filter}
          query={query}
          owners={owners}
          onChange={setFilter}
          onClose={() => {
            setFiltering(false);
          }}
        />
      )}
    </Screen>
  );
}

interface LineProps {
  readonly entry: Entry;
  readonly chosen: boolean;
  readonly today: string;
  /** Whether he is among those that are selected; undefined while nobody is being selected. */
  readonly picked: boolean | undefined;
  readonly onPick: (id: string) => void;
}

function CustomerLine({ entry, chosen, today, picked, onPick }: LineProps) {
  const { customer, phones } = entry;
  const phone = phones.find((each) => each.is_current ?? true) ?? phones[0];
  const urgency = urgencyOf(customer.expected_close_on ?? null, today);
  const inside = (
    <>
      <span className={css.words}>
        <span className={css.name}>{customer.name}</span>
        <span className={css.sub}>
          {[
            sayChoice(stages(), (customer.stage as typeof customer.stage | undefined) ?? "prospect"),
            customer.importance === "key" && sayChoice(importances(), customer.importance),
            phone && sayPhone(phone.number),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      {customer.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
      {(customer.is_enabled as boolean | undefined) === false && <Tag>{i18n._("Out of use")}</Tag>}
      {(urgency === "urgent" || urgency === "soon") && <Tag tone={sayUrgency(urgency).tone}>{sayUrgency(urgency).text}</Tag>}
      {customer.grade && <GradeMark grade={customer.grade} />}
    </>
  );
  if (picked === undefined) {
    return (
      <Link href={`/customers/${customer.id}`} className={css.line} aria-current={chosen ? "page" : undefined}>
        {inside}
      </Link>
    );
  }
  return (
    <button type="button" role="checkbox" aria-checked={picked} className={css.pick} onClick={() => {
      onPick(customer.id);
    }}>
      <span className={css.box} aria-hidden>
        {picked && <CheckOutline />}
      </span>
      {inside}
    </button>
  );
}

/** The grade as one letter; the two that matter most stand out. */
export function GradeMark({ grade }: { readonly grade: "A" | "B" | "C" | "D" | "E" }) {
  return <Tag tone={grade === "A" ? "bad" : grade === "B" ? "warn" : "plain"}>{i18n._("Grade {grade}", { grade })}</Tag>;
}
