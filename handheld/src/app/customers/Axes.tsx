import { i18n } from "../../i18n";
import { dealOfStage, gradeByHorizon, urgencyOf } from "../rows/profile";
import { Tag } from "../parts/Tag";
import { importances, sayChoice, sayDeal, sayNeed, sayUrgency } from "../words/choices";
import { sayDate } from "../words/times";
import css from "./customers.module.css";
import type { Customer } from "./directory";

/** The four axes, each as a word with a colour; what nobody has said yet is left out. */
export function Axes({ customer, today }: { readonly customer: Customer; readonly today: string }) {
  const urgency = urgencyOf(customer.expected_close_on ?? null, today);
  const deal = (customer.deal as Customer["deal"] | undefined) ?? dealOfStage(customer.stage ?? "prospect");
  const said = [
    sayDeal(deal),
    customer.importance ? { text: sayChoice(importances(), customer.importance), tone: customer.importance === "key" ? "brand" : "plain" } as const : null,
    urgency && sayUrgency(urgency),
    customer.need_level ? sayNeed(customer.need_level) : null,
  ];
  return (
    <div className={css.axes} role="group" aria-label={i18n._("Deal, importance, urgency, need")}>
      {said.map((each) => each && <Tag key={each.text} tone={each.tone}>{each.text}</Tag>)}
      {(customer.is_enabled as boolean | undefined) === false && <Tag tone="warn">{i18n._("Out of use")}</Tag>}
    </div>
  );
}

/** Why the grade is what it is: what need and closing day speak for, where they say something. */
export function whyGrade(customer: Pick<Customer, "stage" | "grade" | "need_level" | "expected_close_on">, today: string): string | null {
  if (customer.stage === "dead") return null;
  const [need, closeOn, grade] = [customer.need_level ?? null, customer.expected_close_on ?? null, customer.grade ?? null];
  const said = gradeByHorizon(need, closeOn, today);
  if (said === null) return null;
  const why =
    need === "none" || need === "latent" || closeOn === null
      ? i18n._("By the need it is {grade}.", { grade: said })
      : i18n._("By the expected closing day, {day}, it is {grade}.", { day: sayDate(closeOn, today), grade: said });
  return said === grade || grade === null ? why : `${why} ${i18n._("Somebody chose otherwise, or time has passed.")}`;
}
