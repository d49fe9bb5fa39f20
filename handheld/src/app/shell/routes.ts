/** Every screen has one line here; the shell draws tabs and panes from it. */
import type { ComponentType } from "react";
import { ActivityTypesScreen } from "../activities/ActivityTypesScreen";
import { ApprovalScreen } from "../approvals/ApprovalScreen";
import { ApprovalsScreen } from "../approvals/ApprovalsScreen";
import { FirstWaiting } from "../approvals/FirstWaiting";
import { ArrivalsScreen } from "../arrivals/ArrivalsScreen";
import { ConflictScreen } from "../conflicts/ConflictScreen";
import { ConflictsScreen } from "../conflicts/ConflictsScreen";
import { CalendarScreen } from "../calendar/CalendarScreen";
import { CopyScreen } from "../copies/CopyScreen";
import { CustomerScreen } from "../customers/CustomerScreen";
import { CustomersScreen } from "../customers/CustomersScreen";
import { DeletedScreen } from "../customers/DeletedScreen";
import { HandoverSheet } from "../customers/HandoverSheet";
import { MergeScreen } from "../customers/MergeScreen";
import { NewCustomerScreen } from "../customers/NewCustomerScreen";
import { ClaimScreen } from "../expenses/ClaimScreen";
import { ExpensesScreen } from "../expenses/ExpensesScreen";
import { LineScreen } from "../expenses/LineScreen";
import { NewExpenseScreen } from "../expenses/NewExpenseScreen";
import { ImportScreen } from "../imports/ImportScreen";
import { ImportsScreen } from "../imports/ImportsScreen";
import { InboxScreen } from "../inbox/InboxScreen";
import { MeScreen } from "../me/MeScreen";
import { NotificationsScreen } from "../me/NotificationsScreen";
import { MendScreen } from "../mend/MendScreen";
import { OpportunitiesScreen } from "../opportunities/OpportunitiesScreen";
import { OpportunityScreen } from "../opportunities/OpportunityScreen";
import { QuestionScreen } from "../questions/QuestionScreen";
import { QuestionsScreen } from "../questions/QuestionsScreen";
import { ReadReportScreen } from "../reports/ReadReportScreen";
import { ReportsScreen } from "../reports/ReportsScreen";
import { WriteReportScreen } from "../reports/WriteReportScreen";
import { NewTaskScreen } from "../tasks/NewTaskScreen";
import { TaskScreen } from "../tasks/TaskScreen";
import { FirstPerson } from "../team/FirstPerson";
import { FeedScreen } from "../team/FeedScreen";
import { MonthScreen } from "../team/MonthScreen";
import { NumbersScreen } from "../team/NumbersScreen";
import { PersonDayScreen } from "../team/PersonDayScreen";
import { TeamScreen } from "../team/TeamScreen";
import { TeamVisitScreen } from "../team/TeamVisitScreen";
import { AddVisitScreen } from "../today/AddVisitScreen";
import { NextVisit } from "../today/NextVisit";
import { TodayScreen } from "../today/TodayScreen";
import { LogNewScreen } from "../visit/LogNewScreen";
import { VisitScreen } from "../visit/VisitScreen";

export type Section = "today" | "customers" | "team" | "approvals" | "expenses" | "arrivals" | "inbox" | "reports" | "questions" | "me";

/** What stands in the address, such as `id` of `/visits/:id`. */
export type Named = Readonly<Record<string, string>>;

export interface ScreenRoute {
  /** Below /app. */
  readonly path: string;
  readonly section: Section;
  /** list: the section's own screen, at the left where there is room. detail: what is opened from it. */
  readonly pane: "list" | "detail";
  readonly screen: ComponentType<{ readonly named: Named }>;
  /** Of a list: what stands beside it, where there is room, while nothing is opened from it. */
  readonly beside?: ComponentType;
}

/** The first that fits is shown, so a fixed path stands before one with a name in its place. */
export const ROUTES: readonly ScreenRoute[] = [
  { path: "/", section: "today", pane: "list", screen: TodayScreen, beside: NextVisit },
  { path: "/visits/new", section: "today", pane: "detail", screen: AddVisitScreen },
  { path: "/visits/new/:customer", section: "today", pane: "detail", screen: AddVisitScreen },
  { path: "/visits/log", section: "today", pane: "detail", screen: LogNewScreen },
  { path: "/visits/:id", section: "today", pane: "detail", screen: VisitScreen },
  { path: "/calendar", section: "today", pane: "detail", screen: CalendarScreen },
  { path: "/copies/:id", section: "inbox", pane: "detail", screen: CopyScreen },
  { path: "/customers", section: "customers", pane: "list", screen: CustomersScreen },
  { path: "/customers/new", section: "customers", pane: "detail", screen: NewCustomerScreen },
  { path: "/customers/conflicts", section: "customers", pane: "detail", screen: ConflictsScreen },
  { path: "/customers/conflicts/:id", section: "customers", pane: "detail", screen: ConflictScreen },
  { path: "/customers/deleted", section: "me", pane: "detail", screen: DeletedScreen },
  { path: "/customers/:id/handover", section: "customers", pane: "detail", screen: HandoverSheet },
  { path: "/customers/lists", section: "customers", pane: "detail", screen: ImportsScreen },
  { path: "/customers/lists/:id", section: "customers", pane: "detail", screen: ImportScreen },
  { path: "/customers/:id/merge", section: "customers", pane: "detail", screen: MergeScreen },
  { path: "/customers/:id/merge/:other", section: "customers", pane: "detail", screen: MergeScreen },
  { path: "/customers/:id", section: "customers", pane: "detail", screen: CustomerScreen },
  { path: "/opportunities", section: "customers", pane: "detail", screen: OpportunitiesScreen },
  { path: "/opportunities/:id", section: "customers", pane: "detail", screen: OpportunityScreen },
  { path: "/team", section: "team", pane: "list", screen: TeamScreen, beside: FirstPerson },
  { path: "/team/task", section: "team", pane: "detail", screen: NewTaskScreen },
  { path: "/team/feed", section: "team", pane: "detail", screen: FeedScreen },
  { path: "/team/feed/:person", section: "team", pane: "detail", screen: FeedScreen },
  { path: "/team/month", section: "team", pane: "detail", screen: MonthScreen },
  { path: "/team/numbers", section: "team", pane: "detail", screen: NumbersScreen },
  { path: "/team/:day/:person", section: "team", pane: "detail", screen: PersonDayScreen },
  { path: "/team/:day/:person/:visit", section: "team", pane: "detail", screen: TeamVisitScreen },
  { path: "/approvals", section: "approvals", pane: "list", screen: ApprovalsScreen, beside: FirstWaiting },
  { path: "/approvals/:id", section: "approvals", pane: "detail", screen: ApprovalScreen },
  { path: "/expenses", section: "expenses", pane: "list", screen: ExpensesScreen },
  { path: "/expenses/new", section: "expenses", pane: "detail", screen: NewExpenseScreen },
  { path: "/expenses/:claim", section: "expenses", pane: "detail", screen: ClaimScreen },
  { path: "/expenses/:claim/new", section: "expenses", pane: "detail", screen: NewExpenseScreen },
  { path: "/expenses/:claim/:line", section: "expenses", pane: "detail", screen: LineScreen },
  { path: "/arrivals", section: "arrivals", pane: "list", screen: ArrivalsScreen },
  { path: "/inbox", section: "inbox", pane: "list", screen: InboxScreen },
  { path: "/tasks/:id", section: "inbox", pane: "detail", screen: TaskScreen },
  { path: "/reports", section: "reports", pane: "list", screen: ReportsScreen },
  { path: "/reports/write/:kind/:day", section: "reports", pane: "detail", screen: WriteReportScreen },
  { path: "/reports/:id", section: "reports", pane: "detail", screen: ReadReportScreen },
  { path: "/questions", section: "questions", pane: "list", screen: QuestionsScreen },
  { path: "/questions/:id", section: "questions", pane: "detail", screen: QuestionScreen },
  { path: "/me", section: "me", pane: "list", screen: MeScreen },
  { path: "/me/notifications", section: "me", pane: "detail", screen: NotificationsScreen },
  { path: "/me/activity-types", section: "me", pane: "detail", screen: ActivityTypesScreen },
  { path: "/me/mend", section: "me", pane: "detail", screen: MendScreen },
];
