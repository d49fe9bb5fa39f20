import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useNames } from "../rows/staff";
import type { Chosen, Conflict } from "./conflict";

const REASON_MOST = 200;
const SPLITS = ["0", "10", "20", "30", "40", "50"] as const;
type Split = (typeof SPLITS)[number];

interface Props {
  readonly row: Conflict;
  readonly onClose: () => void;
}

/** Whose both customers are, and what part of the deal the other one gets. */
export function RuleSheet({ row, onClose }: Props) {
  const workspace = useWorkspace();
  const nameFor = useNames();
  const say = useSnack();
  const form = `conflict:${row.id}`;
  const draft = useDraft<{ owner: Chosen | null; split: Split; reason: string }>(form, { owner: row.proposed, split: "0", reason: "" });
  const [errors, setErrors] = useState<{ owner?: string; reason?: string }>({});
  if (!draft.value) return null;
  const { owner, split, reason } = draft.value;
  const owners = { first: row.first_owner_id, second: row.second_owner_id };
  const other = owner === null ? null : owners[owner === "first" ? "second" : "first"];
  const percent = Number(split);
  const rule = async () => {
    if (owner === null || reason.trim() === "") {
      setErrors({
        ...(owner === null ? { owner: i18n._("Say whose both are.") } : {}),
        ...(reason.trim() === "" ? { reason: i18n._("Say why: both will read it.") } : {}),
      });
      return;
    }
    const told = { owner, other_percent: percent === 0 ? null : percent, reason: reason.trim() };
    await workspace.act(
      (group) => {
        group.act("lead_conflicts", "rule", row.id, told, { state: "ruled", chosen: owner, other_percent: told.other_percent, reason: told.reason });
      },
      { draft: form },
    );
    say(i18n._("Ruled. It is sent when there is a network, and both are told."));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Whose is he?")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void rule()}>
          {i18n._("Give both to one")}
        </Button>
      }
    >
      <Chips
        label={i18n._("Both customers go to")}
        required
        choices={(["first", "second"] as const).map((value) => ({ value, text: nameFor(owners[value]) }))}
        value={owner}
        error={errors.owner}
        onChange={(chosen) => {
          setErrors({});
          draft.set({ owner: chosen });
        }}
      />
      <Chips
        label={other === null ? i18n._("The other one gets") : i18n._("{name} gets", { name: nameFor(other) })}
        required
        choices={SPLITS.map((value) => ({ value, text: value === "0" ? i18n._("Nothing") : `${value} %` }))}
        value={split}
        hint={percent === 0 ? undefined : i18n._("{mine} % for the owner, {other} % for the other one", { mine: 100 - percent, other: percent })}
        onChange={(chosen) => {
          if (chosen) draft.set({ split: chosen });
        }}
      />
      <TextField label={i18n._("Why")} value={reason} most={REASON_MOST} error={errors.reason} onChange={(typed) => {
        setErrors({});
        draft.set({ reason: typed });
      }} />
    </Sheet>
  );
}

/** Each keeps his own, because the two are not the same person. */
export function DismissSheet({ row, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `conflict-none:${row.id}`;
  const draft = useDraft(form, { reason: "" });
  const [error, setError] = useState<string | undefined>(undefined);
  const reason = draft.value?.reason ?? "";
  const dismiss = async () => {
    if (reason.trim() === "") {
      setError(i18n._("Say why: both will read it."));
      return;
    }
    await workspace.act(
      (group) => {
        group.act("lead_conflicts", "dismiss", row.id, { reason: reason.trim() }, { state: "dismissed", reason: reason.trim() });
      },
      { draft: form },
    );
    say(i18n._("Kept: each has his own customer."));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Not the same person?")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void dismiss()}>
          {i18n._("Each keeps his own")}
        </Button>
      }
    >
      <TextField label={i18n._("How they differ")} value={reason} most={REASON_MOST} error={error} onChange={(typed) => {
        setError(undefined);
        draft.set({ reason: typed });
      }} />
    </Sheet>
  );
}
