import PhoneFill from "antd-mobile-icons/es/PhoneFill";
import { i18n } from "../../i18n";
import { sayPhone } from "../words/phones";
import css from "./customers.module.css";
import type { Phone } from "./directory";

/** As many numbers are in sight at once. */
const SOME = 3;

/** One link for each number in use: a tap dials, and what it came to is asked. */
export function CallButton({ phones, onCalled }: { readonly phones: readonly Phone[]; readonly onCalled?: () => void }) {
  const current = phones.filter((each) => each.is_current ?? true);
  const link = (phone: Phone) => (
    <a key={phone.id} className={css.call} href={`tel:${phone.number}`} onClick={onCalled}>
      <PhoneFill aria-hidden />
      {i18n._("Call {number}", { number: [phone.label, sayPhone(phone.number)].filter(Boolean).join(" ") })}
    </a>
  );
  if (current.length <= SOME) return current.map(link);
  return (
    <>
      {current.slice(0, SOME).map(link)}
      <details className={css.calls}>
        <summary>{i18n._("{n, plural, one {# more number} other {# more numbers}}", { n: current.length - SOME })}</summary>
        {current.slice(SOME).map(link)}
      </details>
    </>
  );
}
