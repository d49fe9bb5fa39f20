/** What people read for a problem's code, without a network. */
import { i18n } from "../../i18n";
import { PROBLEMS } from "../../wire/problems";
import { sayDate } from "./times";

/** The text of a code, with its params in place. A code this app does not know is shown as it is, for a report. */
export function sayProblem(code: string | null, params: Readonly<Record<string, unknown>> = {}): string {
  const texts = code === null ? undefined : PROBLEMS[code];
  if (!texts) return code === null ? i18n._("The server gave no reason.") : i18n._("Refused ({code}).", { code });
  const text = i18n.locale === "en" ? texts.en : texts.zh;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? sayParam(params[name]) : whole));
}

function sayParam(value: unknown): string {
  if (Array.isArray(value)) return value.map(sayParam).join(i18n.locale === "en" ? ", " : "、");
  if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? sayDate(value, "") : value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
