/** The tabs in order: at the bottom of a phone, at the left of a wide screen. */
import BellOutline from "antd-mobile-icons/es/BellOutline";
import BillOutline from "antd-mobile-icons/es/BillOutline";
import CalendarOutline from "antd-mobile-icons/es/CalendarOutline";
import CheckShieldOutline from "antd-mobile-icons/es/CheckShieldOutline";
import HistogramOutline from "antd-mobile-icons/es/HistogramOutline";
import LocationOutline from "antd-mobile-icons/es/LocationOutline";
import TeamOutline from "antd-mobile-icons/es/TeamOutline";
import UserOutline from "antd-mobile-icons/es/UserOutline";
import type { ComponentType } from "react";
import { i18n } from "../../i18n";
import { useWaitingCount } from "../approvals/useStandings";
import { useUnread } from "../inbox/useUnread";
import { useToMend } from "../mend/useToMend";
import type { Section } from "./routes";

export interface Tab {
  readonly section: Section;
  readonly path: string;
  readonly name: () => string;
  readonly icon: ComponentType<{ "aria-hidden": boolean }>;
  /** A number at the icon, and what it counts in words; none at 0. */
  readonly useBadge?: () => { readonly count: number; readonly text: string };
  /** Whether it is of use to a person who may do these; without it, to everybody. */
  readonly isFor?: (may: (code: string) => boolean) => boolean;
}

const isLeader = (may: (code: string) => boolean) => may("insight.board");

export const TABS: readonly Tab[] = [
  { section: "today", path: "/", name: () => i18n._("Today"), icon: CalendarOutline, isFor: (may) => may("fieldwork.read") },
  { section: "customers", path: "/customers", name: () => i18n._("Customers"), icon: TeamOutline, isFor: (may) => may("customers.read") },
  { section: "team", path: "/team", name: () => i18n._("My team"), icon: HistogramOutline, isFor: isLeader },
  {
    section: "approvals",
    path: "/approvals",
    name: () => i18n._("Approvals"),
    icon: CheckShieldOutline,
    useBadge: useWaitingBadge,
    isFor: (may) => isLeader(may) || (may("approvals.decide") && !may("fieldwork.read")),
  },
  // A leader finds his own expenses, and the arrivals, under Me: more than six tabs are too narrow for a thumb.
  { section: "expenses", path: "/expenses", name: () => i18n._("Expenses"), icon: BillOutline, isFor: (may) => may("expenses.write") && !isLeader(may) },
  {
    section: "arrivals",
    path: "/arrivals",
    name: () => i18n._("Arrivals"),
    icon: LocationOutline,
    isFor: (may) => may("reception.read") && !may("fieldwork.read"),
  },
  { section: "inbox", path: "/inbox", name: () => i18n._("Inbox"), icon: BellOutline, useBadge: useUnreadBadge },
  { section: "me", path: "/me", name: () => i18n._("Me"), icon: UserOutline, useBadge: useMendBadge },
];

/** What everybody in sales has: shown until it is known what this person may do. */
const USUAL = new Set(["fieldwork.read", "customers.read", "expenses.write"]);

/** The tabs of a person. may: null while that is not known. */
export const tabsOf = (may: ((code: string) => boolean) | null): readonly Tab[] =>
  TABS.filter((tab) => tab.isFor?.(may ?? ((code) => USUAL.has(code))) ?? true);

function useMendBadge() {
  const count = useToMend() ?? 0;
  return { count, text: i18n._("{count, plural, one {# to mend} other {# to mend}}", { count }) };
}

function useWaitingBadge() {
  const count = useWaitingCount();
  return { count, text: i18n._("{count, plural, one {# waits for you} other {# wait for you}}", { count }) };
}

function useUnreadBadge() {
  const count = useUnread();
  return { count, text: i18n._("{count, plural, one {# unread} other {# unread}}", { count }) };
}
