import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import Button from "../parts/Button";
import { LineField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { decimal, digitsOf, parseMoney } from "../words/money";
import { sayMonth } from "../words/times";
import css from "./targets.module.css";
import { setTargets, type Measure, type Target } from "./targets";

interface Props {
  readonly owner: { readonly id: string; readonly name: string };
  /** Such as 2025-03. */
  readonly month: string;
  readonly targets: Partial<Record<Measure, Target>>;
  readonly onClose: () => void;
}

/** Say what somebody is to reach in a month; an empty field takes the target away. */
export function TargetSheet({ owner, month, targets, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const { currency } = workspace.person.organisation;
  const before = {
    visits: String(targets.visits?.amount ?? ""),
    won_amount: targets.won_amount ? decimal(targets.won_amount.amount, digitsOf(currency)).replace(/\.0+$/, "") : "",
  };
  const draft = useDraft(`targets:${owner.id}:${month}`, before);
  const form = draft.value ?? before;
  const amounts = { visits: wholeOf(form.visits), won_amount: form.won_amount.trim() === "" ? 0 : parseMoney(form.won_amount, currency) };
  const changed = (Object.keys(before) as Measure[]).filter((each) => amounts[each] !== (targets[each]?.amount ?? 0));
  const isRight = (given: Record<Measure, number | null>): given is Record<Measure, number> => !Object.values(given).includes(null);
  const save = async () => {
    if (!isRight(amounts)) return;
    const [on, was] = [`${month}-01`, { visits: targets.visits?.amount ?? 0, won_amount: targets.won_amount?.amount ?? 0 }];
    await setTargets(workspace, owner.id, on, was, amounts);
    draft.drop();
    say(i18n._("Target set."), () => void setTargets(workspace, owner.id, on, amounts, was));
    onClose();
  };
  const wrong = i18n._("Write a number, or leave it empty.");
  return (
    <Sheet
      title={i18n._("Target of {name}, {month}", { name: owner.name, month: sayMonth(month) })}
      onClose={onClose}
      foot={
        <Button size="large" color="primary" disabled={changed.length === 0 || !isRight(amounts)} onClick={() => void save()}>
          {i18n._("Set the target")}
        </Button>
      }
    >
      <div className={css.fields}>
        <LineField
          label={i18n._("Visits done")}
          kind="decimal"
          most={6}
          value={form.visits}
          error={amounts.visits === null ? wrong : undefined}
          onChange={(visits) => {
            draft.set({ visits });
          }}
        />
        <LineField
          label={i18n._("Amount won ({currency})", { currency })}
          kind="decimal"
          most={16}
          value={form.won_amount}
          error={amounts.won_amount === null ? wrong : undefined}
          onChange={(typed) => {
            draft.set({ won_amount: typed });
          }}
        />
      </div>
    </Sheet>
  );
}

/** What was typed as a whole number; 0 when nothing was, null when it is none. */
function wholeOf(typed: string): number | null {
  const clean = typed.normalize("NFKC").trim();
  return /^\d{0,6}$/.test(clean) ? Number(clean) : null;
}
