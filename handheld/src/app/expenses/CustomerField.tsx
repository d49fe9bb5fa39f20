import Button from "../parts/Button";
import { useMemo, useState } from "react";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { search } from "../customers/directory";
import { useDirectory } from "../customers/useDirectory";
import { Empty, Row } from "../parts/Block";
import { SearchField } from "../parts/SearchField";
import { Sheet } from "../parts/Sheet";
import { sayPhone } from "../words/phones";
import css from "./expenses.module.css";

interface Props {
  readonly value: string | null;
  readonly onChange: (customer: string | null) => void;
  readonly error?: string | undefined;
  /** Who cannot be meant. */
  readonly but?: string;
}

/** The customer an expense was for. */
export function CustomerField({ value, onChange, error, but }: Props) {
  const [open, setOpen] = useState(false);
  const customer = useLive((read) => (value === null ? Promise.resolve(undefined) : read.get("customers", value)), [value]);
  return (
    <div className={css.receiptField} role="group" aria-label={i18n._("Customer")}>
      <span className={css.fieldLabel}>{i18n._("Customer")}</span>
      <div className={css.deeds}>
        <Button
          fill="outline"
          onClick={() => {
            setOpen(true);
          }}
        >
          {value === null ? i18n._("Choose a customer") : (customer?.name ?? i18n._("A customer who is not on this device"))}
        </Button>
        {value !== null && (
          <Button
            fill="outline"
            onClick={() => {
              onChange(null);
            }}
          >
            {i18n._("Remove")}
          </Button>
        )}
      </div>
      {error !== undefined && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
      {open && (
        <CustomerSheet
          but={but}
          onClose={() => {
            setOpen(false);
          }}
          onChoose={(id) => {
            onChange(id);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

/** More would be scrolled through rather than searched. */
const OFFERED = 30;

interface SheetProps {
  readonly but: string | undefined;
  readonly onClose: () => void;
  readonly onChoose: (id: string) => void;
}

function CustomerSheet({ but, onClose, onChoose }: SheetProps) {
  const [query, setQuery] = useState("");
  const entries = useDirectory();
  const found = useMemo(() => entries && search(entries.filter(({ customer }) => customer.id !== but), query).slice(0, OFFERED), [entries, query, but]);
  return (
    <Sheet title={i18n._("Choose a customer")} onClose={onClose}>
      <SearchField label={i18n._("Search customers")} placeholder={i18n._("Name, initials or end of phone")} value={query} onChange={setQuery} />
      {found?.length === 0 && <Empty title={i18n._("Nobody found")} />}
      <ul>
        {found?.map(({ customer, phones }) => (
          <li key={customer.id}>
            <Row
              title={customer.name}
              sub={phones[0] && sayPhone(phones[0].number)}
              onTap={() => {
                onChoose(customer.id);
              }}
            />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
