import Button from "../parts/Button";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft, type DraftOf } from "../../hooks/draft";
import { i18n } from "../../i18n";
import type { Actions } from "../../wire";
import { Block } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { GRADES, kinds, sayGrade, sources } from "../words/choices";
import { useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { BLANK_SHEET, receptionOf, type SheetForm } from "../receptions/sheet";
import { SheetFields } from "../receptions/SheetFields";
import { askOn } from "../questions/asked_on";
import { useRemembered } from "../shell/remembered";
import { digitsOf, soughtAs } from "./directory";
import { idNumberRefusal, idNumberSent } from "./id_number_form";
import { IdNumberField } from "./IdNumberField";
import { Twins } from "./Twins";

type Create = Actions["customers"]["create"];

export interface CustomerForm {
  readonly name: string;
  readonly phone: string;
  readonly kind: NonNullable<Create["kind"]>;
  readonly grade: NonNullable<Create["grade"]> | null;
  readonly source: NonNullable<Create["source"]> | null;
  readonly needs: string;
  readonly idNumber: string;
  readonly sheet: SheetForm;
}

const BLANK: CustomerForm = { name: "", phone: "", kind: "person", grade: null, source: null, needs: "", idNumber: "", sheet: BLANK_SHEET };
const FORM = "customer:new";

/** What was searched for when nobody was found; kept so until the form has taken it. Not in the address, which servers note. */
export const SOUGHT = "customer:new:sought";

/** A new customer in half a minute: a name is enough. With how he was received it is a contact sheet (客户联系单). */
export function NewCustomerScreen() {
  const workspace = useWorkspace();
  const draft = useDraft(FORM, BLANK);
  const say = useSnack();
  const [, navigate] = useLocation();
  const [refused, setRefused] = useState<Refusals>({});
  const form = draft.value;
  useSought(draft);
  const today = useToday();
  if (!form) return <Screen title={i18n._("New customer")} back="/customers">{null}</Screen>;
  const set: typeof draft.set = (change) => {
    setRefused({});
    draft.set(change);
  };
  const save = async () => {
    const why = refusalsOf(form);
    const wrong = idNumberRefusal(form.idNumber, form.kind);
    setRefused(why);
    if (wrong !== undefined) say(wrong); // its field may be out of sight
    if (why.name !== undefined || why.phone !== undefined || wrong !== undefined) return;
    try {
      const id = await workspace.act((group) => {
        const customer = group.create("customers", { ...valuesOf(form), first_contact_on: today });
        if (form.phone.trim() !== "") group.create("customer_phones", { customer_id: customer, number: form.phone.trim() });
        const reception = receptionOf({ ...form.sheet, source: form.source }, customer);
        if (reception) askOn(group, customer, { reception_id: group.create("receptions", reception) }, form.sheet.question);
        return customer;
      }, { draft: FORM });
      say(i18n._("Customer saved."));
      navigate(`/customers/${id}`, { replace: true });
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused({ [error.field === "number" ? "phone" : "name"]: sayProblem(error.code, error.params) });
    }
  };
  return (
    <Screen
      title={i18n._("New customer")}
      back="/customers"
      actions={
        draft.kept && (
          <Button
            fill="none"
            onClick={() => {
              const before = form;
              draft.drop();
              say(i18n._("Form cleared."), () => {
                draft.set(before);
              });
            }}
          >
            {i18n._("Clear")}
          </Button>
        )
      }
      foot={
        <Button color="primary" size="large" block onClick={() => void save()}>
          {i18n._("Save the customer")}
        </Button>
      }
    >
      <Block>
        <LineField label={i18n._("Name")} value={form.name} most={120} autoFocus error={refused.name} onChange={(name) => {
          set({ name });
        }} />
        <LineField label={i18n._("Phone")} kind="tel" value={form.phone} most={40} error={refused.phone} onChange={(phone) => {
          set({ phone });
        }} />
        <Twins name={form.name} phone={form.phone} />
        <SheetFields
          form={form.sheet}
          withoutSource
          onChange={(change) => {
            set({ sheet: { ...form.sheet, ...change } });
          }}
        />
        <Chips label={i18n._("Kind")} required choices={kinds()} value={form.kind} onChange={(kind) => {
          if (kind) set({ kind });
        }} />
        <Chips
          label={i18n._("Grade")}
          choices={GRADES}
          value={form.grade}
          hint={form.grade ? sayGrade(form.grade) : undefined}
          onChange={(grade) => {
            set({ grade });
          }}
        />
        <Chips label={i18n._("Source")} choices={sources()} value={form.source} onChange={(source) => {
          set({ source });
        }} />
        <TextField label={i18n._("Needs")} value={form.needs} most={1000} placeholder={i18n._("Size, rooms, budget, when")} onChange={(needs) => {
          set({ needs });
        }} />
        <IdNumberField kind={form.kind} value={form.idNumber} onChange={(idNumber) => {
          set({ idNumber });
        }} />
      </Block>
    </Screen>
  );
}

/** Takes along what was searched for, unless another was begun here before: what is typed is never written over. */
function useSought({ value, kept, set }: DraftOf<CustomerForm>) {
  const [sought, setSought] = useRemembered(SOUGHT, "");
  const say = useSnack();
  useEffect(() => {
    if (!value || sought === "") return;
    setSought("");
    const known = soughtAs(sought);
    if (known && !kept) set(known);
    else if (known) say(i18n._("Here is still what you began before. “Clear” begins anew."));
  }, [value, kept, set, sought, setSought, say]);
}

interface Refusals {
  readonly name?: string;
  readonly phone?: string;
}

/** What can be told to be wrong here; the server knows more about numbers and may still refuse one. */
function refusalsOf(form: CustomerForm): Refusals {
  const digits = digitsOf(form.phone);
  return {
    ...(/[\p{L}\p{N}]/u.test(form.name) ? {} : { name: sayProblem("customers.name-required") }),
    ...(form.phone.trim() === "" || (digits.length >= 5 && digits.length <= 15) ? {} : { phone: sayProblem("customers.phone-invalid") }),
  };
}

function valuesOf({ name, kind, grade, source, needs, idNumber }: CustomerForm): Create {
  const id_number = idNumberSent(idNumber);
  return {
    name: name.trim(),
    kind,
    stage: "prospect",
    ...(grade ? { grade } : {}),
    ...(source ? { source } : {}),
    ...(needs.trim() === "" ? {} : { needs: needs.trim() }),
    ...(id_number === null ? {} : { id_number }),
  };
}
