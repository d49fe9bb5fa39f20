import { i18n } from "../../i18n";
import type { Rows } from "../../wire";
import type { Tone } from "../parts/Tag";
import type { Answer, Standing } from "./standing";

/** What he wants, while nobody has confirmed it. Never “approved”. */
export function sayWish(answer: Answer): string {
  switch (answer) {
    case "approve":
      return i18n._("You want to approve it");
    case "return":
      return i18n._("You want to return it");
    case "reject":
      return i18n._("You want to reject it");
  }
}

export function sayAnswer(answer: Answer): string {
  switch (answer) {
    case "approve":
      return i18n._("Approve");
    case "return":
      return i18n._("Return");
    case "reject":
      return i18n._("Reject");
  }
}

export function sayStanding(standing: Standing): { readonly text: string; readonly tone: Tone } {
  switch (standing.kind) {
    case "open":
      return standing.refused
        ? { text: i18n._("Your decision was refused"), tone: "bad" }
        : { text: i18n._("Waits for you"), tone: "brand" };
    case "unconfirmed":
      return { text: i18n._("Waiting to be confirmed"), tone: "warn" };
    case "settled":
      return sayState(standing.state);
  }
}

function sayState(state: Rows["approvals"]["state"]): { readonly text: string; readonly tone: Tone } {
  switch (state) {
    case "waiting":
      return { text: i18n._("Waits for you"), tone: "brand" };
    case "approved":
      return { text: i18n._("You approved it"), tone: "good" };
    case "returned":
      return { text: i18n._("You returned it"), tone: "warn" };
    case "rejected":
      return { text: i18n._("You rejected it"), tone: "bad" };
    case "lapsed":
      return { text: i18n._("Went on without you"), tone: "plain" };
    case "void":
      return { text: i18n._("Changed since you decided"), tone: "warn" };
  }
}
