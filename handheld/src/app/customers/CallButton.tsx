import PhoneFill from "antd-mobile-icons/es/PhoneFill";
import { i18n } from "../../i18n";
import { sayPhone } from "../words/phones";
import css from "./customers.module.css";
import type { Phone } from "./directory";

/** One link for each number in use: a tap dials, and what it came to is asked. */
export function CallButton({ phones, onCalled }: { readonly phones: readonly Phone[]; readonly onCalled?: () => void }) {
  const current = phones.filter((each) => each.is_current ?? true);
  return current.map((phone) => (
    <a key={phone.id} className={css.call} href={`tel:${phone.number}`} onClick={onCalled}>
      <PhoneFill aria-hidden />
      {i18n._("Call {number}", { number: [phone.label, sayPhone(phone.number)].filter(Boolean).join(" ") })}
    </a>
  ));
}
