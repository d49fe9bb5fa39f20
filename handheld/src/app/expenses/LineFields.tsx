import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { TextField, WhenField } from "../parts/Field";
import { useToday } from "../words/now";
import { addDays, sayDate } from "../words/times";
import { AmountField } from "./AmountField";
import { CustomerField } from "./CustomerField";
import { isForCustomer, type FaultField } from "./evidence";
import type { LineForm } from "./line_form";
import { ReceiptField } from "./ReceiptField";
import { VisitField } from "./VisitField";
import { kinds } from "./words";

const TEXT_MOST = 500;

interface Props {
  readonly form: LineForm;
  readonly set: (change: Partial<LineForm>) => void;
  /** Why it is refused, at its field. */
  readonly errors: Partial<Record<FaultField | "kind" | "amount", string>>;
  /** A new one begins with the amount. */
  readonly isNew: boolean;
}

/** The fields of one expense, in the order in which they are known while the receipt is in the hand. */
export function LineFields({ form, set, errors, isNew }: Props) {
  const { person } = useWorkspace();
  const forCustomer = form.kind !== null && isForCustomer({ kind: form.kind, customer_id: form.customer_id });
  return (
    <>
      <Block>
        <AmountField
          open={isNew}
          currency={person.organisation.currency}
          value={form.amount}
          error={errors.amount}
          onChange={(amount) => {
            set({ amount });
          }}
        />
        <Chips
          label={i18n._("What for")}
          choices={kinds()}
          value={form.kind}
          error={errors.kind}
          onChange={(kind) => {
            set({ kind });
          }}
        />
      </Block>
      <Block>
        <DayChips
          value={form.spent_on}
          error={errors.spent_on}
          onChange={(spent_on) => {
            set({ spent_on });
          }}
        />
        <VisitField
          day={form.spent_on}
          value={form.visit_id}
          error={errors.visit_id}
          onChange={(visit_id) => {
            set({ visit_id });
          }}
        />
        <CustomerField
          value={form.customer_id}
          error={errors.customer_id}
          onChange={(customer_id) => {
            set({ customer_id });
          }}
        />
      </Block>
      {forCustomer && (
        <Block>
          <TextField
            label={i18n._("Progress with the customer")}
            hint={i18n._("What really happened, such as “agreed on the price”.")}
            value={form.progress}
            most={TEXT_MOST}
            error={errors.progress}
            onChange={(progress) => {
              set({ progress });
            }}
          />
          <TextField
            label={i18n._("Key value")}
            hint={i18n._("What it brings, such as “contract this week”.")}
            value={form.key_value}
            most={TEXT_MOST}
            error={errors.key_value}
            onChange={(key_value) => {
              set({ key_value });
            }}
          />
        </Block>
      )}
      <Block>
        <ReceiptField
          value={form.receipt_sha256}
          onChange={(receipt_sha256) => {
            set({ receipt_sha256 });
          }}
        />
        <TextField
          label={i18n._("Note (optional)")}
          value={form.description}
          most={TEXT_MOST}
          onChange={(description) => {
            set({ description });
          }}
        />
      </Block>
    </>
  );
}

interface DayProps {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (day: string) => void;
}

/** Money is spent today, yesterday, or on a day that is looked up. */
function DayChips({ value, error, onChange }: DayProps) {
  const today = useToday();
  const yesterday = addDays(today, -1);
  const shown = value === today ? "today" : value === yesterday ? "yesterday" : "other";
  return (
    <>
      <Chips
        label={i18n._("Day")}
        required
        choices={[
          { value: "today", text: i18n._("Today") },
          { value: "yesterday", text: i18n._("Yesterday") },
          { value: "other", text: i18n._("Pick a day") },
        ]}
        value={shown}
        error={error}
        hint={sayDate(value, today)}
        onChange={(which) => {
          onChange(which === "today" ? today : which === "yesterday" ? yesterday : addDays(today, -2));
        }}
      />
      {shown === "other" && (
        <WhenField
          kind="date"
          label={i18n._("Day")}
          max={addDays(today, 1)}
          value={value}
          onChange={(day) => {
            if (day !== "") onChange(day);
          }}
        />
      )}
    </>
  );
}
