/** A number as it is edited, and what of it is sent. Pure. */
import type { Actions } from "../../wire";
import { sayPhone } from "../words/phones";
import type { Phone } from "./directory";

type Update = Actions["customer_phones"]["update"];

export interface PhoneForm {
  readonly number: string;
  readonly label: string;
  readonly standing: "current" | "old";
}

export const phoneForm = (phone: Phone): PhoneForm => ({
  number: sayPhone(phone.number),
  label: phone.label ?? "",
  standing: (phone.is_current as boolean | undefined) === false ? "old" : "current",
});

/** Only what was changed. A number that is not used any more stays, so that he is still found by it (rule C4). */
export function phoneChanges(before: PhoneForm, form: PhoneForm): Update {
  return {
    ...(form.number.trim() === before.number ? {} : { number: form.number.trim() }),
    ...(form.label.trim() === before.label ? {} : { label: form.label.trim() === "" ? null : form.label.trim() }),
    ...(form.standing === before.standing ? {} : { is_current: form.standing === "current" }),
  };
}
