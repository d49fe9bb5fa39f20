/** A customer's card as a form, and what of it is sent. Pure. */
import type { Actions } from "../../wire";
import { gradeByHorizon } from "../rows/profile";
import { decimal, digitsOf, parseMoney } from "../words/money";
import type { Customer } from "./directory";
import { idNumberSent } from "./id_number_form";

export interface Form {
  readonly name: string;
  readonly stage: Customer["stage"];
  /** Why he was lost; null unless that is his stage. */
  readonly lostReason: Customer["lost_reason"];
  readonly need: Customer["need_level"];
  /** YYYY-MM-DD, or empty. */
  readonly closeOn: string;
  readonly importance: Customer["importance"];
  readonly category: Customer["category"];
  readonly industry: Customer["industry"];
  readonly amount: string;
  readonly wishes: string;
  readonly hobbies: string;
  readonly inUse: "yes" | "no";
  readonly source: Customer["source"];
  readonly needs: string;
  readonly address: string;
  readonly idNumber: string;
  /** YYYY-MM-DD, or empty. */
  readonly bornOn: string;
  readonly remark: string;
  /** A number to be added. */
  readonly phone: string;
}

export function formOf(customer: Customer, currency: string): Form {
  return {
    need: customer.need_level ?? null,
    closeOn: customer.expected_close_on ?? "",
    importance: customer.importance ?? null,
    category: customer.category ?? null,
    industry: customer.industry ?? null,
    amount: typeof customer.expected_amount_minor === "number" ? decimal(customer.expected_amount_minor, digitsOf(currency)) : "",
    wishes: customer.wishes ?? "",
    hobbies: customer.hobbies ?? "",
    inUse: (customer.is_enabled as boolean | undefined) === false ? "no" : "yes",
    name: customer.name,
    stage: (customer.stage) ?? "prospect",
    lostReason: customer.stage === "lost" ? (customer.lost_reason ?? null) : null,
    source: customer.source ?? null,
    needs: customer.needs ?? "",
    address: customer.address ?? "",
    idNumber: customer.id_number ?? "",
    bornOn: customer.born_on ?? "",
    remark: customer.remark ?? "",
    phone: "",
  };
}

/** Whoever becomes lost needs a reason; who was lost before reasons were asked for may be changed in all else. */
export const lacksReason = (before: Form, form: Form) => form.stage === "lost" && before.stage !== "lost" && form.lostReason === null;

/** What the form speaks for; null when it says too little. */
export const gradeOf = (form: Form, today: string) =>
  form.stage === "dead" ? "E" : gradeByHorizon(form.need, form.closeOn === "" ? null : form.closeOn, today);

/** The grade goes along with what it follows from, so that it is on show at once and is what the server would say. */
export function changesOf(before: Form, form: Form, currency: string, today: string): Actions["customers"]["update"] {
  const closeOn = form.closeOn === "" ? null : form.closeOn;
  const said = (each: Form) => [each.need, each.closeOn, each.stage === "dead"].join();
  const grade = said(form) === said(before) ? null : gradeOf(form, today);
  const text = (name: "needs" | "address" | "remark" | "wishes" | "hobbies") =>
    form[name].trim() === before[name] ? {} : { [name]: form[name].trim() === "" ? null : form[name].trim() };
  return {
    ...(form.name.trim() === before.name ? {} : { name: form.name.trim() }),
    ...(form.stage === before.stage ? {} : { stage: form.stage }),
    ...(form.stage === "lost" && form.lostReason !== before.lostReason ? { lost_reason: form.lostReason } : {}),
    ...(form.source === before.source ? {} : { source: form.source }),
    ...text("needs"),
    ...text("address"),
    ...(form.idNumber.trim() === before.idNumber ? {} : { id_number: idNumberSent(form.idNumber) }),
    ...text("remark"),
    ...text("wishes"),
    ...text("hobbies"),
    ...(form.bornOn === before.bornOn ? {} : { born_on: form.bornOn === "" ? null : form.bornOn }),
    ...(form.need === before.need ? {} : { need_level: form.need }),
    ...(form.closeOn === before.closeOn ? {} : { expected_close_on: closeOn }),
    ...(grade === null ? {} : { grade }),
    ...(form.importance === before.importance ? {} : { importance: form.importance }),
    ...(form.category === before.category ? {} : { category: form.category }),
    ...(form.industry === before.industry ? {} : { industry: form.industry }),
    ...(form.amount === before.amount ? {} : { expected_amount_minor: form.amount.trim() === "" ? null : parseMoney(form.amount, currency) }),
    ...(form.inUse === before.inUse ? {} : { is_enabled: form.inUse === "yes" }),
  };
}
