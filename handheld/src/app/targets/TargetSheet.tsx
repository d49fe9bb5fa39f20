import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import Button from "../parts/Button";
import { LineField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { decimal, digitsOf, parseMoney } from "../words/money";
import { sayProblem } from "../words/problems";
import { sayMonth } from "../words/times";
import css from "./targets.module.css";
import type { Measure, Target } from "./targets";

interface Props {
  readonly owner: { readonly id: string; readonly name: string };
  /** Such as 2025-03. */
  readonly month: string;
  readonly targets: Partial<Record<Measure, Target>>;
  readonly onClose: () => void;
}

/** Say what somebody is to reach in a month; an empty field takes the target away. Kept by the office: needs a network. */
export function TargetSheet({ owner, month, targets, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const { currency } = workspace.person.organisation;
  const before = {
    visits: String(targets.visits?.amount ?? ""),
    won_amount: targets.won_amount ? decimal(targets.won_amount.amount, digitsOf(currency)) : "",
  };
  const draft = useDraft(`targets:${owner.id}:${month}`, before);
  const form = draft.value ?? before;
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const amounts = { visits: wholeOf(form.visits), won_amount: form.won_amount.trim() === "" ? 0 : parseMoney(form.won_amount, currency) };
  const changed = (Object.keys(before) as Measure[]).filter((each) => amounts[each] !== (targets[each]?.amount ?? 0));
  const put = (measure: Measure) => {
    const known = targets[measure];
    const amount = amounts[measure];
    if (amount === 0 && known) return workspace.ask("DELETE", `/api/v1/targets/${known.id}`);
    return workspace.ask("POST", "/api/v1/targets", { owner_id: owner.id, month_on: `${month}-01`, measure, amount });
  };
  const save = async () => {
    setBusy(true);
    const asked = await Promise.all(changed.map(put));
    if (asked.some((each) => !each.offline && each.code === null)) await workspace.sync.now();
    setBusy(false);
    const wrong = asked.find((each) => each.offline || each.code !== null);
    if (wrong) {
      setRefused(wrong.offline ? i18n._("The office could not be reached; nothing was changed.") : wrong.code && sayProblem(wrong.code, {}));
      return;
    }
    draft.drop();
    say(i18n._("Target set."));
    onClose();
  };
  const wrong = i18n._("Write a number, or leave it empty.");
  return (
    <Sheet
      title={i18n._("Target of {name}, {month}", { name: owner.name, month: sayMonth(month) })}
      onClose={onClose}
      foot={
        <Button size="large" color="primary" loading={busy} disabled={busy || changed.length === 0 || Object.values(amounts).includes(null)} onClick={() => void save()}>
          {i18n._("Set the target")}
        </Button>
      }
    >
      <div className={css.fields}>
        {refused !== null && <Note tone="bad">{refused}</Note>}
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
