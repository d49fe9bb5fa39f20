/** What a notice says, and where a tap on it leads. A topic that this app does not know yet is shown by its subject. */
import { i18n } from "../../i18n";
import { sayProblem } from "../words/problems";
import { sayDayWithin } from "../words/times";
import type { Notice } from "./order";

export interface Words {
  /** Who is behind an id. */
  readonly nameFor: (id: string) => string;
  readonly today: string;
}

type Params = Readonly<Record<string, unknown>>;

const paramsOf = (notice: Notice): Params =>
  typeof notice.params === "object" && notice.params !== null ? (notice.params as Params) : {};

const textOf = (params: Params, name: string): string | null => {
  const value = params[name];
  return typeof value === "string" ? value : null;
};

export function sayNotice(notice: Notice, { nameFor, today }: Words): string {
  const params = paramsOf(notice);
  const customer = notice.customer_name ?? i18n._("a customer");
  const by = nameFor(textOf(params, "by_id") ?? textOf(params, "owner_id") ?? "");
  const on = (name: string) => {
    const day = textOf(params, name);
    return day === null ? "" : sayDayWithin(day, today);
  };
  switch (notice.topic) {
    case "fieldwork.follow-up-due":
      return i18n._("Follow up: {customer}", { customer });
    case "fieldwork.plan-sent":
      return i18n._("{name} has sent a plan for {day}", { name: by, day: on("plan_on") });
    case "fieldwork.plan-changed":
      return i18n._("{name} has changed the plan for {day}", { name: by, day: on("plan_on") });
    case "fieldwork.visit-arranged":
      return i18n._("{name} has arranged a visit for you: {customer}, {day}", { name: by, customer, day: on("day_on") });
    case "fieldwork.visit-commented":
      return i18n._("{name} has commented on a visit: {customer}", { name: by, customer });
    case "fieldwork.mentioned":
      return i18n._("{name} mentions you in a comment on a visit: {customer}", { name: by, customer });
    case "fieldwork.task-assigned":
      return i18n._("{name} has given you a task, due {day}", { name: by, day: on("due_on") });
    case "fieldwork.task-due":
      return i18n._("A task of yours is due: {day}", { day: on("due_on") });
    case "fieldwork.task-closed":
      return textOf(params, "state") === "done" ? i18n._("{name} has done a task you gave", { name: by }) : i18n._("{name} has called off a task you gave", { name: by });
    case "fieldwork.task-called-off":
      return i18n._("{name} has called off a task given to you", { name: by });
    case "fieldwork.task-copied":
      return i18n._("{name} has copied a task to you, due {day}", { name: by, day: on("due_on") });
    case "fieldwork.task-changed":
      return i18n._("A task copied to you has changed, due {day}", { day: on("due_on") });
    case "fieldwork.visit-shared":
      return i18n._("{name} takes you along on a visit: {customer}, {day}", { name: by, customer, day: on("day_on") });
    case "fieldwork.question-passed-on":
      return i18n._("A customer's question waits for your department: {customer}", { customer });
    case "fieldwork.question-answered":
      return i18n._("{name} has answered a customer's question: {customer}", { name: by, customer });
    case "fieldwork.question-overdue":
      return i18n._("Nobody has answered a customer's question in time: {customer}", { customer });
    case "fieldwork.report-sent":
      return i18n._("{name} has sent a report: {day}", { name: by, day: on("period_on") });
    case "fieldwork.report-changed":
      return i18n._("{name} has changed a report that you had read: {day}", { name: by, day: on("period_on") });
    case "fieldwork.report-commented":
      return i18n._("Someone has commented on a report: {day}", { day: on("period_on") });
    case "customers.handed-over":
      return i18n._("{n, plural, one {A customer was handed over to you} other {# customers were handed over to you}}", { n: Number(params["count"] ?? 1) });
    case "customers.import-ended":
      return i18n._("Your list was taken in: {created} new, {duplicates} there already, {refused} refused", {
        created: Number(params["created"] ?? 0),
        duplicates: Number(params["duplicates"] ?? 0),
        refused: Number(params["refused"] ?? 0),
      });
    case "customers.import-stopped":
      return textOf(params, "by_id") === null
        ? i18n._("Your list was not taken in to its end: {why}", { why: sayProblem(textOf(params, "code") ?? "core.job-failed") })
        : i18n._("{name} has stopped your list; what was taken in stays, and it can go on", { name: by });
    case "customers.lead-conflict":
      return i18n._("{customer} was entered by a colleague too; the office decides whose it is", { customer });
    case "customers.opportunity-closed":
      return textOf(params, "state") === "won"
        ? i18n._("{name} has won an opportunity: {customer}", { name: by, customer })
        : i18n._("{name} has lost an opportunity: {customer}", { name: by, customer });
    case "customers.merged":
      return i18n._("{name} has merged two customers: {customer}", { name: by, customer });
    case "customers.deleted":
      return i18n._("{n, plural, one {{name} has deleted a customer of yours} other {{name} has deleted # customers of yours}}", { n: Number(params["count"] ?? 1), name: by });
    case "fieldwork.work-deleted":
      return i18n._(
        "{n, plural, one {{name} has deleted a customer; what you had open with him went too} other {{name} has deleted # customers; what you had open with them went too}}",
        { n: Number(params["count"] ?? 1), name: by },
      );
    case "customers.lead-conflict-ruled":
      return textOf(params, "owner_id") === null
        ? i18n._("{name} has looked at {customer}: not the same person, each keeps his own", { name: by, customer })
        : i18n._("{name} has ruled whose {customer} is: {owner}", { name: by, customer, owner: nameFor(textOf(params, "owner_id") ?? "") });
    case "customers.mentioned":
      return i18n._("{name} mentions you in a note: {customer}", { name: by, customer });
    case "membership.member-arrived":
      return i18n._("{customer} has arrived", { customer });
    case "approvals.decision-waiting":
      return i18n._("{name} waits for your decision", { name: by });
    case "approvals.decision-made":
      return sayDecision(textOf(params, "decision"), by);
    default:
      return notice.customer_name ?? i18n._("There is something new for you");
  }
}

function sayDecision(decision: string | null, name: string): string {
  switch (decision) {
    case "approved":
      return i18n._("{name} has approved your request", { name });
    case "returned":
      return i18n._("{name} has returned your request", { name });
    case "rejected":
      return i18n._("{name} has rejected your request", { name });
    case null:
    default:
      return i18n._("{name} has decided about your request", { name });
  }
}

/** Below /app; null when there is nothing to open. What this app has no screen for opens the customer it is about. */
export function addressOf(notice: Notice): string | null {
  const { subject_collection: collection, subject_id: id } = notice;
  const params = paramsOf(notice);
  const customer = textOf(params, "customer_id");
  switch (collection) {
    case "follow_ups":
      return customer === null ? "/" : `/customers/${customer}`;
    case "lead_conflicts":
      return id === null ? "/customers/conflicts" : `/customers/conflicts/${id}`;
    case "customers":
      if (textOf(params, "conflict_id") !== null) return `/customers/conflicts/${textOf(params, "conflict_id")}`;
      return id === null ? "/customers" : `/customers/${id}`;
    case "visits":
      return id === null ? "/" : `/visits/${id}`;
    case "tasks":
      return id === null ? "/" : `/tasks/${id}`;
    case "opportunities":
      return id === null ? "/opportunities" : `/opportunities/${id}`;
    case "questions":
      return id === null ? "/questions" : `/questions/${id}`;
    case "work_reports":
      return id === null ? "/reports" : `/reports/${id}`;
    case "copies":
      return id === null ? "/" : `/copies/${id}`;
    case "day_plans": {
      const [owner, day] = [textOf(params, "owner_id"), textOf(params, "plan_on")];
      return owner !== null && day !== null ? `/team/${day}/${owner}` : "/team";
    }
    case "approvals":
      return id === null ? "/approvals" : `/approvals/${id}`;
    case "expense_claims":
      return id === null ? "/expenses" : `/expenses/${id}`;
    case "arrivals":
      return "/arrivals";
    case null:
    default: {
      const list = textOf(params, "import_id");
      if (list !== null) return `/customers/lists/${list}`;
      return customer === null ? null : `/customers/${customer}`;
    }
  }
}
