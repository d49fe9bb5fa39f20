import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField, WhenField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { lossReasons } from "../opportunities/words";
import { categories, importances, industries, needLevels, sayGrade, sources, stages } from "../words/choices";
import { parseMoney } from "../words/money";
import { useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { EARLIEST_DAY } from "../words/times";
import { changesOf, formOf, gradeOf, lacksReason } from "./card_form";
import type { Customer, Phone } from "./directory";
import { idNumberRefusal } from "./id_number_form";
import { IdNumberField } from "./IdNumberField";
import { Twins } from "./Twins";

interface Props {
  readonly customer: Customer;
  readonly phones: readonly Phone[];
  readonly onClose: () => void;
}

/** The card's fields. Only those that were changed are sent, so that a colleague's change of another one stays. */
export function EditCustomer({ customer, phones, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const currency = workspace.person.organisation.currency;
  const before = formOf(customer, currency);
  const kind = (customer.kind as Customer["kind"] | undefined) ?? "person";
  const name = `customer:${customer.id}`;
  const draft = useDraft(name, before);
  const [refused, setRefused] = useState<string | null>(null);
  const form = draft.value ?? before;
  const set: typeof draft.set = (change) => {
    setRefused(null);
    draft.set(change);
  };
  const grade = gradeOf(form, today);
  const save = async () => {
    if (form.amount.trim() !== "" && parseMoney(form.amount, currency) === null) {
      setRefused(i18n._("The amount is not one."));
      return;
    }
    const wrong = form.idNumber.trim() === before.idNumber ? undefined : idNumberRefusal(form.idNumber, kind);
    if (wrong !== undefined) {
      setRefused(wrong);
      return;
    }
    const changed = changesOf(before, form, currency, today);
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
        <Button color="primary" size="large" disabled={lacksReason(before, form)} onClick={() => void save()}>
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
      <Twins phone={form.phone} but={customer.id} />
      <Chips label={i18n._("Stage")} required choices={stages()} value={form.stage} onChange={(stage) => {
        if (stage) set({ stage });
      }} />
      {form.stage === "lost" && (
        <Chips
          label={i18n._("Why he was lost")}
          required
          choices={lossReasons()}
          value={form.lostReason}
          hint={form.lostReason === null ? i18n._("It is needed to save him as lost.") : undefined}
          onChange={(lostReason) => {
            set({ lostReason });
          }}
        />
      )}
      <Chips label={i18n._("Need")} choices={needLevels()} value={form.need} onChange={(need) => {
        set({ need });
      }} />
      <WhenField
        label={i18n._("Expected closing day")}
        kind="date"
        value={form.closeOn}
        hint={grade === null ? undefined : sayGrade(grade)}
        onChange={(closeOn) => {
          set({ closeOn });
        }}
      />
      <Chips label={i18n._("Importance")} choices={importances()} value={form.importance} onChange={(importance) => {
        set({ importance });
      }} />
      <LineField label={`${i18n._("Expected amount")} (${currency})`} kind="decimal" value={form.amount} most={16} onChange={(amount) => {
        set({ amount });
      }} />
      <Chips label={i18n._("Category")} choices={categories()} value={form.category} onChange={(category) => {
        set({ category });
      }} />
      {customer.kind === "company" && (
        <Chips label={i18n._("Industry")} choices={industries()} value={form.industry} onChange={(industry) => {
          set({ industry });
        }} />
      )}
      <Chips label={i18n._("Source")} choices={sources()} value={form.source} onChange={(source) => {
        set({ source });
      }} />
      <TextField label={i18n._("Needs")} value={form.needs} most={1000} onChange={(needs) => {
        set({ needs });
      }} />
      <TextField label={i18n._("Special needs")} value={form.wishes} most={1000} onChange={(wishes) => {
        set({ wishes });
      }} />
      <TextField label={i18n._("Hobbies")} value={form.hobbies} most={500} onChange={(hobbies) => {
        set({ hobbies });
      }} />
      <LineField label={i18n._("Address")} value={form.address} most={300} onChange={(address) => {
        set({ address });
      }} />
      <IdNumberField kind={kind} before={before.idNumber} value={form.idNumber} but={customer.id} onChange={(idNumber) => {
        set({ idNumber });
      }} />
      {customer.kind !== "company" && (
        <WhenField label={i18n._("Birthday")} kind="date" min={EARLIEST_DAY} value={form.bornOn} onChange={(bornOn) => {
          set({ bornOn });
        }} />
      )}
      <TextField label={i18n._("Remark")} value={form.remark} most={2000} onChange={(remark) => {
        set({ remark });
      }} />
      <Chips
        label={i18n._("In use")}
        required
        choices={[{ value: "yes", text: i18n._("In use") }, { value: "no", text: i18n._("Out of use") }]}
        value={form.inUse}
        onChange={(inUse) => {
          if (inUse) set({ inUse });
        }}
      />
    </Sheet>
  );
}
