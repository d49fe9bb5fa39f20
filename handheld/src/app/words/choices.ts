/** Choices as people read them. A function each, because the language can change. */
import { i18n } from "../../i18n";
import type { Rows } from "../../wire";
import type { Choice } from "../parts/Chips";
import type { Tone } from "../parts/Tag";
import type { Urgency } from "../rows/profile";
import type { Standing } from "../rows/visits";

type Of<T> = Exclude<T, null>;

/** A word with the colour that repeats it. */
interface Said {
  readonly text: string;
  readonly tone: Tone;
}

export const GRADES: readonly Choice<Of<Rows["customers"]["grade"]>>[] = (["A", "B", "C", "D", "E"] as const).map((value) => ({
  value,
  text: value,
}));

/** What a grade says: when he is expected to buy. */
export function sayGrade(grade: Of<Rows["customers"]["grade"]>): string {
  switch (grade) {
    case "A":
      return i18n._("A: buys within a month");
    case "B":
      return i18n._("B: within 3 months");
    case "C":
      return i18n._("C: within 6 months");
    case "D":
      return i18n._("D: later");
    case "E":
      return i18n._("E: no need");
  }
}

/** How clear his need is, which is also one of the four axes: target, latent or dead. */
export function needLevels(): readonly Choice<Of<Rows["customers"]["need_level"]>>[] {
  return [
    { value: "clear", text: i18n._("Clear need") },
    { value: "latent", text: i18n._("Latent need") },
    { value: "none", text: i18n._("No need") },
  ];
}

export function sayNeed(need: Of<Rows["customers"]["need_level"]>): Said {
  switch (need) {
    case "clear":
      return { text: i18n._("Target"), tone: "good" };
    case "latent":
      return { text: i18n._("Latent"), tone: "plain" };
    case "none":
      return { text: i18n._("Dead need"), tone: "bad" };
  }
}

export function sayDeal(deal: Rows["customers"]["deal"]): Said {
  switch (deal) {
    case "potential":
      return { text: i18n._("Deal: potential"), tone: "plain" };
    case "negotiating":
      return { text: i18n._("In negotiation"), tone: "brand" };
    case "won":
      return { text: i18n._("Deal won"), tone: "good" };
    case "lost":
      return { text: i18n._("Deal lost"), tone: "bad" };
  }
}

export function sayUrgency(urgency: Urgency): Said {
  switch (urgency) {
    case "urgent":
      return { text: i18n._("Urgent"), tone: "bad" };
    case "soon":
      return { text: i18n._("Soon"), tone: "warn" };
    case "later":
      return { text: i18n._("Not before a month"), tone: "plain" };
    case "slow":
      return { text: i18n._("Slow"), tone: "plain" };
  }
}

export function urgencies(): readonly Choice<Urgency>[] {
  return [
    { value: "urgent", text: i18n._("Within 7 days") },
    { value: "soon", text: i18n._("Within a month") },
    { value: "later", text: i18n._("Within 3 months") },
    { value: "slow", text: i18n._("After 3 months") },
  ];
}

export function importances(): readonly Choice<Of<Rows["customers"]["importance"]>>[] {
  return [
    { value: "key", text: i18n._("Key customer") },
    { value: "ordinary", text: i18n._("Ordinary") },
  ];
}

export function categories(): readonly Choice<Of<Rows["customers"]["category"]>>[] {
  return [
    { value: "general", text: i18n._("General") },
    { value: "key_account", text: i18n._("Key account") },
    { value: "connection", text: i18n._("Connection") },
    { value: "broker", text: i18n._("Broker") },
    { value: "agency", text: i18n._("Agency") },
  ];
}

/** The sections of GB/T 4754, in their order. */
export function industries(): readonly Choice<Of<Rows["customers"]["industry"]>>[] {
  return [
    { value: "agriculture", text: i18n._("Agriculture") },
    { value: "mining", text: i18n._("Mining") },
    { value: "manufacturing", text: i18n._("Manufacturing") },
    { value: "utilities", text: i18n._("Power, gas and water") },
    { value: "construction", text: i18n._("Construction") },
    { value: "trade", text: i18n._("Trade") },
    { value: "transport", text: i18n._("Transport and post") },
    { value: "hospitality", text: i18n._("Hotels and catering") },
    { value: "information", text: i18n._("Information technology") },
    { value: "finance", text: i18n._("Finance") },
    { value: "real_estate", text: i18n._("Real estate") },
    { value: "business_services", text: i18n._("Leasing and business services") },
    { value: "research", text: i18n._("Research and engineering") },
    { value: "environment", text: i18n._("Water, environment and public facilities") },
    { value: "resident_services", text: i18n._("Services for residents") },
    { value: "education", text: i18n._("Education") },
    { value: "health", text: i18n._("Health and social work") },
    { value: "culture", text: i18n._("Culture, sports and entertainment") },
    { value: "public_administration", text: i18n._("Public administration") },
    { value: "international", text: i18n._("International organisations") },
  ];
}

export function outcomes(): readonly Choice<Of<Rows["visits"]["outcome"]>>[] {
  return [
    { value: "met", text: i18n._("Met") },
    { value: "not_met", text: i18n._("Not met") },
    { value: "postponed", text: i18n._("Postponed") },
    { value: "declined", text: i18n._("Declined") },
    { value: "other", text: i18n._("Other") },
  ];
}

export function kinds(): readonly Choice<Rows["customers"]["kind"]>[] {
  return [
    { value: "person", text: i18n._("Person") },
    { value: "company", text: i18n._("Company") },
  ];
}

export function sources(): readonly Choice<Of<Rows["customers"]["source"]>>[] {
  return [
    { value: "walk_in", text: i18n._("Walked in") },
    { value: "call_in", text: i18n._("Called in") },
    { value: "referral", text: i18n._("Referral") },
    { value: "channel", text: i18n._("Channel") },
    { value: "online", text: i18n._("Online") },
    { value: "advertisement", text: i18n._("Advertisement") },
    { value: "exhibition", text: i18n._("Exhibition") },
    { value: "cold_call", text: i18n._("Cold call") },
    { value: "other", text: i18n._("Other") },
  ];
}

export function stages(): readonly Choice<Rows["customers"]["stage"]>[] {
  return [
    { value: "prospect", text: i18n._("Prospect") },
    { value: "visited", text: i18n._("Has visited") },
    { value: "negotiating", text: i18n._("Negotiating") },
    { value: "won", text: i18n._("Won") },
    { value: "lost", text: i18n._("Lost") },
    { value: "dead", text: i18n._("Dead") },
  ];
}

/** The text of a value among choices; the value itself when a newer server knows more of them. */
export function sayChoice<V extends string>(choices: readonly Choice<V>[], value: V): string {
  return choices.find((each) => each.value === value)?.text ?? value;
}

export function sayStanding(standing: Standing): { readonly text: string; readonly tone: Tone } {
  switch (standing) {
    case "planned":
      return { text: i18n._("Planned"), tone: "plain" };
    case "in_progress":
      return { text: i18n._("In progress"), tone: "brand" };
    case "done":
      return { text: i18n._("Done"), tone: "good" };
    case "cancelled":
      return { text: i18n._("Cancelled"), tone: "plain" };
    case "silent":
      return { text: i18n._("Not logged"), tone: "warn" };
    case "missed":
      return { text: i18n._("Missed"), tone: "bad" };
  }
}

export function sayVerdict(verdict: Rows["visits"]["location_verdict"]): { readonly text: string; readonly tone: Tone } {
  switch (verdict) {
    case "verified":
      return { text: i18n._("On site"), tone: "good" };
    case "outside":
      return { text: i18n._("Away from the place"), tone: "bad" };
    case "unverified":
      return { text: i18n._("Place not verified"), tone: "warn" };
    case "none":
      return { text: i18n._("Not checked in"), tone: "plain" };
  }
}

export function sayReason(reason: Of<Rows["visits"]["location_reason"]>): string {
  switch (reason) {
    case "inside":
      return i18n._("The position lies at the place.");
    case "outside":
      return i18n._("The position lies too far from the place.");
    case "coarse":
      return i18n._("The position was too imprecise.");
    case "impossible":
      return i18n._("The position cannot be right.");
    case "mock":
      return i18n._("The phone says that an app supplied the position.");
    case "no_accuracy":
      return i18n._("The phone did not say how precise the position was.");
    case "no_check_in":
      return i18n._("Logged afterwards, without a check-in.");
    case "no_fix":
      return i18n._("There was no position at the check-in.");
    case "no_place":
      return i18n._("Nobody has said where the visit was to be.");
    case "stale":
      return i18n._("The position was older than 10 minutes.");
  }
}

/** Of importance and urgency of a visit. */
export function weights(): readonly Choice<string>[] {
  return [
    { value: "1", text: i18n._("Low") },
    { value: "2", text: i18n._("Middle") },
    { value: "3", text: i18n._("High") },
  ];
}
