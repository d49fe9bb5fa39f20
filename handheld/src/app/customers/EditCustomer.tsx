import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import type { Actions } from "../../wire";
import { Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sources, stages } from "../words/choices";
import { sayProblem } from "../words/problems";
import type { Customer, Phone } from "./directory";

type Update = Actions["customers"]["update"];

interface Form {
  readonly name: string;
  readonly stage: Customer["stage"];
  readonly source: Customer["source"];
  readonly needs: string;
  readonly address: string;
  readonly remark: string;
  /** A number to be added. */
  readonly phone: string;
}

interface Props {
  readonly customer: Customer;
  readonly phones: readonly Phone[];
  readonly onClose: () => void;
}

/** The card's fields. Only those that were changed are sent, so that a colleague's change of another one stays. */
export function EditCustomer({ customer, phones, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const before = formOf(customer);
  const name = `customer:${customer.id}`;
  const draft = useDraft(name, before);
  const [refused, setRefused] = useState<string | null>(null);
  const form = draft.value ?? before;
  const set: typeof draft.set = (change) => {
    setRefused(null);
    draft.set(change);
  };
  const save = async () => {
    const changed = changesOf(before, form);
    const phone = form.phone.trim();
    try {
      await workspace.act(
        (group) => {
          if (Object.keys(changed).length > 0) group.update("customers", customer.id, changed);
          if (phone !== "") group.create("customer_phones", { customer_id: customer.id, number: phone });
        },
        { draft: name },
      );
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
      return;
    }
    say(i18n._("Customer saved."));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Edit the card")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void save()}>
          {i18n._("Save")}
        </Button>
      }
    >
      {refused !== null && <Note tone="bad">{refused}</Note>}
      <LineField label={i18n._("Name")} value={form.name} most={120} onChange={(text) => {
        set({ name: text });
      }} />
      <LineField
        label={phones.length === 0 ? i18n._("Phone") : i18n._("Another phone")}
        kind="tel"
        value={form.phone}
        most={40}
        onChange={(phone) => {
          set({ phone });
        }}
      />
      <Chips label={i18n._("Stage")} required choices={stages()} value={form.stage} onChange={(stage) => {
        if (stage) set({ stage });
      }} />
      <Chips label={i18n._("Source")} choices={sources()} value={form.source} onChange={(source) => {
        set({ source });
      }} />
      <TextField label={i18n._("Needs")} value={form.needs} most={1000} onChange={(needs) => {
        set({ needs });
      }} />
      <LineField label={i18n._("Address")} value={form.address} most={300} onChange={(address) => {
        set({ address });
      }} />
      <TextField label={i18n._("Remark")} value={form.remark} most={2000} onChange={(remark) => {
        set({ remark });
      }} />
    </Sheet>
  );
}

function formOf(customer: Customer): Form {
  return {
    name: customer.name,
    stage: (customer.stage) ?? "prospect",
    source: customer.source ?? null,
    needs: customer.needs ?? "",
    address: customer.address ?? "",
    remark: customer.remark ?? "",
    phone: "",
  };
}

function changesOf(before: Form, form: Form): Update {
  const text = (name: "needs" | "address" | "remark") =>
    form[name].trim() === before[name] ? {} : { [name]: form[name].trim() === "" ? null : form[name].trim() };
  return {
    ...(form.name.trim() === before.name ? {} : { name: form.name.trim() }),
    ...(form.stage === before.stage ? {} : { stage: form.stage }),
    ...(form.source === before.source ? {} : { source: form.source }),
    ...text("needs"),
    ...text("address"),
    ...text("remark"),
  };
}
