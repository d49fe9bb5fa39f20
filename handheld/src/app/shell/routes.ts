/** Every screen has one line here; the shell draws tabs and panes from it. */
import type { ComponentType } from "react";
import { CustomerScreen } from "../customers/CustomerScreen";
import { CustomersScreen } from "../customers/CustomersScreen";
import { NewCustomerScreen } from "../customers/NewCustomerScreen";
import { MeScreen } from "../me/MeScreen";
import { MendScreen } from "../mend/MendScreen";
import { AddVisitScreen } from "../today/AddVisitScreen";
import { TodayScreen } from "../today/TodayScreen";
import { LogNewScreen } from "../visit/LogNewScreen";
import { VisitScreen } from "../visit/VisitScreen";

export type Section = "today" | "customers" | "me";

/** What stands in the address, such as `id` of `/visits/:id`. */
export type Named = Readonly<Record<string, string>>;

export interface ScreenRoute {
  /** Below /app. */
  readonly path: string;
  readonly section: Section;
  /** list: the section's own screen, at the left where there is room. detail: what is opened from it. */
  readonly pane: "list" | "detail";
  readonly screen: ComponentType<{ readonly named: Named }>;
}

/** The first that fits is shown, so a fixed path stands before one with a name in its place. */
export const ROUTES: readonly ScreenRoute[] = [
  { path: "/", section: "today", pane: "list", screen: TodayScreen },
  { path: "/visits/new", section: "today", pane: "detail", screen: AddVisitScreen },
  { path: "/visits/new/:customer", section: "today", pane: "detail", screen: AddVisitScreen },
  { path: "/visits/log", section: "today", pane: "detail", screen: LogNewScreen },
  { path: "/visits/:id", section: "today", pane: "detail", screen: VisitScreen },
  { path: "/customers", section: "customers", pane: "list", screen: CustomersScreen },
  { path: "/customers/new", section: "customers", pane: "detail", screen: NewCustomerScreen },
  { path: "/customers/:id", section: "customers", pane: "detail", screen: CustomerScreen },
  { path: "/me", section: "me", pane: "list", screen: MeScreen },
  { path: "/me/mend", section: "me", pane: "detail", screen: MendScreen },
];
