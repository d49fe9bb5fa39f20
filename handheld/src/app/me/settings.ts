/** Lines of the Me screen that lead to a screen of their own. */
import { i18n } from "../../i18n";

export interface Setting {
  readonly path: string;
  readonly name: () => string;
  readonly sub: () => string;
  /** Whether it is of use to a person who may do these; without it, to everybody. */
  readonly isFor?: (may: (code: string) => boolean) => boolean;
}

export const SETTINGS: readonly Setting[] = [
  { path: "/reports", name: () => i18n._("Reports"), sub: () => i18n._("Your day and week in words, and what colleagues sent you") },
  {
    path: "/questions",
    name: () => i18n._("Customers' questions"),
    sub: () => i18n._("What waits for an answer"),
    isFor: (may) => may("questions.read"),
  },
  { path: "/me/notifications", name: () => i18n._("Notifications"), sub: () => i18n._("Whether this device rings for news") },
  {
    path: "/expenses",
    name: () => i18n._("Expenses"),
    sub: () => i18n._("Your own claims"),
    isFor: (may) => may("expenses.write") && may("insight.board"),
  },
  {
    path: "/arrivals",
    name: () => i18n._("Arrivals"),
    sub: () => i18n._("Who is at the sales centre now"),
    isFor: (may) => may("reception.read") && may("fieldwork.read"),
  },
  {
    path: "/customers/lists",
    name: () => i18n._("Customers from a list"),
    sub: () => i18n._("Take in a CSV or XLSX file"),
    isFor: (may) => may("customers.import"),
  },
  {
    path: "/customers/deleted",
    name: () => i18n._("Deleted customers"),
    sub: () => i18n._("For thirty days they can be restored"),
    isFor: (may) => may("customers.delete"),
  },
  {
    path: "/me/activity-types",
    name: () => i18n._("Kinds of contact"),
    sub: () => i18n._("What calls and contacts are logged as"),
    isFor: (may) => may("fieldwork.configure"),
  },
];
