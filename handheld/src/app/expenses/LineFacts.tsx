import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Fact, Facts } from "../parts/Block";
import { Tag } from "../parts/Tag";
import type { ExpenseLine } from "../rows/expenses";
import { sayMoney } from "../words/money";
import { useToday } from "../words/now";
import { sayDay } from "../words/times";
import css from "./expenses.module.css";
import { Likes } from "./Likes";
import type { Like } from "./alike";
import { Receipt } from "./Receipt";
import { sayFlag, sayKind } from "./words";

export type Told = Pick<
  ExpenseLine,
  "id" | "kind" | "amount_minor" | "spent_on" | "customer_id" | "visit_id" | "description" | "progress" | "key_value" | "receipt_sha256"
> & { readonly customer_name?: string | null; readonly currency?: string; readonly flags?: unknown; readonly likes?: readonly Like[] };

/** One expense to be read: by its owner once it is out of his hand, and by whoever decides about it. */
export function LineFacts({ line }: { readonly line: Told }) {
  const { person } = useWorkspace();
  const today = useToday();
  const named = useLive(
    async (read) => ({
      customer: line.customer_id ? await read.get("customers", line.customer_id) : undefined,
      visit: line.visit_id ? await read.get("visits", line.visit_id) : undefined,
    }),
    [line.customer_id ?? null, line.visit_id ?? null],
  );
  const customer = line.customer_name ?? named?.customer?.name ?? named?.visit?.customer_name ?? null;
  const flags = Array.isArray(line.flags) ? (line.flags as string[]) : [];
  return (
    <Block
      title={sayKind(line.kind)}
      right={<span className={css.money}>{sayMoney(line.amount_minor, line.currency ?? person.organisation.currency)}</span>}
    >
      {flags.length > 0 && (
        <span className={css.tags}>
          {flags.map((flag) => (
            <Tag key={flag} tone="bad">
              {sayFlag(flag)}
            </Tag>
          ))}
        </span>
      )}
      {flags.length > 0 && <Likes line={line} told={line.likes} />}
      <Facts>
        <Fact name={i18n._("Day")}>{sayDay(line.spent_on, today)}</Fact>
        {customer !== null && <Fact name={i18n._("Customer")}>{customer}</Fact>}
        {line.visit_id && (
          <Fact name={i18n._("Visit")}>
            {named?.visit ? (named.visit.result ?? named.visit.purpose ?? named.visit.place ?? i18n._("On record")) : i18n._("On record")}
          </Fact>
        )}
        {line.progress && <Fact name={i18n._("Progress")}>{line.progress}</Fact>}
        {line.key_value && <Fact name={i18n._("Key value")}>{line.key_value}</Fact>}
        {line.description && <Fact name={i18n._("Remark")}>{line.description}</Fact>}
      </Facts>
      {line.receipt_sha256 ? (
        <Receipt sha256={line.receipt_sha256} label={i18n._("Receipt: {what}", { what: sayKind(line.kind) })} />
      ) : (
        <p className={css.hint}>{i18n._("Without a receipt.")}</p>
      )}
    </Block>
  );
}
