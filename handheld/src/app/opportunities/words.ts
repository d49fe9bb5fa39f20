/** Opportunities as people read them. A function each, because the language can change. */
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";
import type { Tone } from "../parts/Tag";
import { stateOf, type Opportunity, type Stage, type Terms } from "../rows/opportunities";
import { sayMoney } from "../words/money";

export type LossReason = NonNullable<Opportunity["reason"]>;

export function lossReasons(): readonly Choice<LossReason>[] {
  return [
    { value: "price", text: i18n._("Price") },
    { value: "location", text: i18n._("The location") },
    { value: "layout", text: i18n._("Layout") },
    { value: "financing", text: i18n._("Financing") },
    { value: "competitor", text: i18n._("A competitor") },
    { value: "need_gone", text: i18n._("No need any more") },
    { value: "unreachable", text: i18n._("Cannot be reached") },
    { value: "service", text: i18n._("Our service") },
    { value: "other", text: i18n._("Other") },
  ];
}

export const sayStage = (stage: Stage): string => (i18n.locale === "en" ? stage.name_en : stage.name_zh);

/** Stages to choose from: those in use, and the one it stands at. */
export const stageChoices = (funnel: readonly Stage[], at: string | undefined): readonly Choice<string>[] =>
  funnel.filter((each) => each.is_active || each.code === at).map((each) => ({ value: each.code, text: `${sayStage(each)} ${each.probability}%` }));

export function sayState(opportunity: Opportunity): { readonly text: string; readonly tone: Tone } | null {
  switch (stateOf(opportunity)) {
    case "won":
      return { text: i18n._("Won"), tone: "good" };
    case "lost":
      return { text: i18n._("Lost"), tone: "plain" };
    case "open":
      return null;
  }
}

/** The terms that a rank goes by: “70% × ¥1,000.00 = ¥700.00”. */
export function sayTerms({ probability, amount, worth }: Terms, currency: string): string {
  if (amount === null) return i18n._("{probability}% · no amount yet", { probability });
  return i18n._("{probability}% × {amount} = {worth}", {
    probability,
    amount: sayMoney(amount, currency),
    worth: sayMoney(worth, currency),
  });
}
