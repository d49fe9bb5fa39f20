/** The tabs in order: at the bottom of a phone, at the left of a wide screen. */
import CalendarOutline from "antd-mobile-icons/es/CalendarOutline";
import TeamOutline from "antd-mobile-icons/es/TeamOutline";
import UserOutline from "antd-mobile-icons/es/UserOutline";
import type { ComponentType } from "react";
import { i18n } from "../../i18n";
import { useSyncStatus } from "../../hooks/live";
import type { Section } from "./routes";

export interface Tab {
  readonly section: Section;
  readonly path: string;
  readonly name: () => string;
  readonly icon: ComponentType<{ "aria-hidden": boolean }>;
  /** A number at the icon, and what it counts in words; none at 0. */
  readonly useBadge?: () => { readonly count: number; readonly text: string };
}

export const TABS: readonly Tab[] = [
  { section: "today", path: "/", name: () => i18n._("Today"), icon: CalendarOutline },
  { section: "customers", path: "/customers", name: () => i18n._("Customers"), icon: TeamOutline },
  { section: "me", path: "/me", name: () => i18n._("Me"), icon: UserOutline, useBadge: useMendBadge },
];

function useMendBadge() {
  const count = useSyncStatus()?.mend ?? 0;
  return { count, text: i18n._("{count, plural, one {# to mend} other {# to mend}}", { count }) };
}
