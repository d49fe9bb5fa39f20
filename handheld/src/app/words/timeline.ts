/** What a line of the timeline says. */
import type { Shown } from "../../device/api";
import { i18n } from "../../i18n";
import type { Rows } from "../../wire";
import type { LineKind } from "../expenses/evidence";
import { sayKind } from "../expenses/words";
import { lossReasons, type LossReason } from "../opportunities/words";
import { channels } from "../receptions/sheet";
import { channels as contactChannels, type Activity } from "../activities/words";
import { outcomes, sayChoice, stages } from "./choices";
import { addDays, sayDate } from "./times";

type Channel = Rows["receptions"]["channel"];
type Stage = Rows["customers"]["stage"];
type Outcome = NonNullable<Rows["visits"]["outcome"]>;

/**
 * nameOf: who is behind an id. note: the text of the note it is about, where it is on this device. stageName: of the funnel, by
 * its code.
 */
export function sayEvent(
  entry: Shown<"timeline">,
  nameOf: (id: string) => string,
  note: string | undefined,
  stageName: (code: string) => string = (code) => code,
): string {
  const given = (typeof entry.params === "object" && entry.params !== null ? entry.params : {}) as Record<string, unknown>;
  const text = (name: string): string | null => (typeof given[name] === "string" && given[name] !== "" ? given[name] : null);
  const tail = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).map((part) => ` · ${part}`).join("");
  switch (entry.kind) {
    case "customer-created":
      return i18n._("Customer entered");
    case "stage-changed":
      return (
        i18n._("Stage: {before} → {after}", {
          before: sayChoice(stages(), (text("before") ?? "") as Stage),
          after: sayChoice(stages(), (text("after") ?? "") as Stage),
        }) + tail(text("reason") && sayChoice(lossReasons(), text("reason") as LossReason))
      );
    case "contact-added":
      return i18n._("Contact added");
    case "phone-changed":
      return i18n._("Phone: {before} → {after}", { before: text("before") ?? "", after: text("after") ?? "" });
    case "note":
      return i18n._("Note") + tail(note);
    case "attachment": {
      const revision = Number(given["revision"] ?? 1);
      return i18n._("Attachment") + tail(text("name"), revision > 1 ? i18n._("Version {revision}", { revision }) : null);
    }
    case "handover":
      return (
        i18n._("Handed over from {from} to {to}", { from: nameOf(text("from") ?? ""), to: nameOf(text("to") ?? "") }) +
        tail(text("reason"))
      );
    case "reception":
      return i18n._("Received") + tail(text("channel") && sayChoice(channels(), text("channel") as Channel));
    case "lead-conflict-ruled": {
      const percent = Number(given["percent"] ?? 0);
      return (
        i18n._("Lead conflict ruled: {owner}", { owner: nameOf(text("owner") ?? "") }) +
        tail(percent > 0 ? i18n._("{name} gets {percent} %", { name: nameOf(text("other") ?? ""), percent }) : null, text("reason"))
      );
    }
    case "lead-conflict-dismissed":
      return i18n._("No lead conflict: not the same person") + tail(text("reason"));
    case "visit":
      return i18n._("Visit") + tail(text("outcome") && sayChoice(outcomes(), text("outcome") as Outcome), text("result"));
    case "activity":
      return sayChoice(contactChannels(), (text("channel") ?? "other") as Activity["channel"]) + tail(text("text"));
    case "follow-up":
      return i18n._("Followed up") + tail(text("text"), text("note"));
    case "opportunity-opened":
      return i18n._("Opportunity") + tail(text("title"), text("to") && stageName(text("to") ?? ""));
    case "opportunity-changed":
      return i18n._("Opportunity changed") + tail(text("title"));
    case "opportunity-moved":
      return (
        i18n._("Opportunity: {before} → {after}", { before: stageName(text("from") ?? ""), after: stageName(text("to") ?? "") }) +
        tail(typeof given.probability === "number" ? `${given.probability}%` : null, text("title"))
      );
    case "opportunity-contact":
      return i18n._("About the opportunity") + tail(text("text"), text("title"));
    case "opportunity-won":
      return i18n._("Opportunity won") + tail(text("title"));
    case "opportunity-lost":
      return i18n._("Opportunity lost") + tail(text("reason") && sayChoice(lossReasons(), text("reason") as LossReason), text("title"));
    case "opportunity-reopened":
      return i18n._("Opportunity taken up again") + tail(text("title"));
    case "question-answered":
      return i18n._("Question answered") + tail(text("question"), text("answer"));
    case "work-report": {
      const on = text("period_on") ?? entry.day_on;
      const day = sayDate(on, entry.day_on);
      if (text("kind") !== "weekly") return i18n._("Daily report, {day}", { day });
      return i18n._("Weekly report, {from} to {to}", { from: day, to: sayDate(addDays(on, 6), entry.day_on) });
    }
    case "expense-claim": {
      const kinds = Array.isArray(given["kinds"]) ? (given["kinds"] as LineKind[]) : [];
      return i18n._("Expense claim") + tail(...kinds.map((each) => sayKind(each)));
    }
    case "merged":
      return i18n._("Merged with {name}", { name: text("name") ?? "" });
    case "restored":
      return i18n._("Restored after a deletion");
    default:
      return i18n._("Something this app does not know yet ({kind})", { kind: entry.kind });
  }
}
