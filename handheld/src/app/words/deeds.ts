/** What an operation was, and what its fields are called, as people say it. A new collection adds its lines here. */
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";
import { kinds as expenseKinds } from "../expenses/words";
import { lossReasons } from "../opportunities/words";
import { categories, importances, industries, kinds, needLevels, outcomes, sources, stages } from "./choices";

/** “Finish a visit”; the bare names for one that has no words yet. */
export function sayDeed(collection: string, action: string): string {
  return deeds()[`${collection}.${action}`] ?? `${collection} · ${action}`;
}

function deeds(): Readonly<Record<string, string>> {
  return {
    "customers.create": i18n._("New customer"),
    "customers.update": i18n._("Change of a customer"),
    "customers.merge": i18n._("Merging two customers"),
    "customers.delete": i18n._("Deleting a customer"),
    "customers.restore": i18n._("Restoring a deleted customer"),
    "customers.hand_over": i18n._("Handing over a customer"),
    "customer_phones.create": i18n._("New phone"),
    "customer_phones.update": i18n._("Change of a phone"),
    "customer_contacts.create": i18n._("New contact"),
    "customer_contacts.update": i18n._("Change of a contact"),
    "notes.create": i18n._("New note"),
    "attachments.create": i18n._("New attachment"),
    "attachments.remove": i18n._("Taking an attachment away"),
    "attachments.restore": i18n._("Bringing an attachment back"),
    "opportunities.create": i18n._("New opportunity"),
    "opportunities.update": i18n._("Change of an opportunity"),
    "opportunities.move": i18n._("Another stage of an opportunity"),
    "opportunities.win": i18n._("Winning an opportunity"),
    "opportunities.lose": i18n._("Losing an opportunity"),
    "opportunities.reopen": i18n._("Taking up an opportunity again"),
    "opportunity_contacts.create": i18n._("Contact about an opportunity"),
    "receptions.create": i18n._("New reception"),
    "receptions.update": i18n._("Change of a reception"),
    "lead_conflicts.rule": i18n._("Ruling a lead conflict"),
    "lead_conflicts.dismiss": i18n._("Saying that two customers are not the same"),
    "day_plans.create": i18n._("New day plan"),
    "day_plans.update": i18n._("Change of a day plan"),
    "visits.create": i18n._("New visit"),
    "visits.update": i18n._("Change of a planned visit"),
    "visits.start": i18n._("Check-in of a visit"),
    "visits.finish": i18n._("Log of a visit"),
    "visits.cancel": i18n._("Cancelling a visit"),
    "visits.reopen": i18n._("Taking up a cancelled visit"),
    "visit_comments.create": i18n._("Comment on a visit"),
    "follow_ups.create": i18n._("New follow-up"),
    "follow_ups.update": i18n._("Change of a follow-up"),
    "follow_ups.complete": i18n._("Doing a follow-up"),
    "follow_ups.cancel": i18n._("Cancelling a follow-up"),
    "follow_ups.delete": i18n._("Taking back a follow-up"),
    "tasks.create": i18n._("New task"),
    "tasks.update": i18n._("Change of a task"),
    "tasks.complete": i18n._("Doing a task"),
    "tasks.cancel": i18n._("Calling off a task"),
    "tasks.reopen": i18n._("Taking up a task again"),
    "targets.create": i18n._("Setting a target"),
    "targets.update": i18n._("Change of a target"),
    "targets.delete": i18n._("Taking a target away"),
    "activities.create": i18n._("New activity"),
    "questions.create": i18n._("New question of a customer"),
    "questions.pass_on": i18n._("Passing a question on"),
    "questions.answer": i18n._("Answering a question"),
    "questions.withdraw": i18n._("Taking back a question"),
    "work_reports.create": i18n._("New report"),
    "work_reports.update": i18n._("Change of a report"),
    "work_reports.address": i18n._("Naming a reader"),
    "work_reports.send": i18n._("Sending a report"),
    "work_report_readers.read": i18n._("Reading a report"),
    "work_report_comments.create": i18n._("Comment on a report"),
    "expense_claims.create": i18n._("New claim"),
    "expense_claims.update": i18n._("Change of a claim"),
    "expense_claims.submit": i18n._("Submitting a claim"),
    "expense_claims.withdraw": i18n._("Withdrawing a claim"),
    "expense_lines.create": i18n._("New expense"),
    "expense_lines.update": i18n._("Change of an expense"),
    "expense_lines.delete": i18n._("Removing an expense"),
    "approvals.approve": i18n._("Approving a request"),
    "approvals.return": i18n._("Returning a request"),
    "approvals.reject": i18n._("Rejecting a request"),
    "arrivals.serve": i18n._("Looking after an arrival"),
    "arrivals.leave": i18n._("Saying that somebody has left"),
    "notices.read": i18n._("Reading a notice"),
    "notices.snooze": i18n._("Putting a notice off"),
    "notices.done": i18n._("Finishing a notice"),
  };
}

/** The name of a field; what has none is not shown to people (ids, coordinates). */
export function sayField(name: string): string | null {
  return fields()[name] ?? null;
}

function fields(): Readonly<Record<string, string>> {
  return {
    name: i18n._("Name"),
    number: i18n._("Phone"),
    label: i18n._("Label"),
    kind: i18n._("Kind"),
    stage: i18n._("Stage"),
    lost_reason: i18n._("Why he was lost"),
    grade: i18n._("Grade"),
    deal: i18n._("Deal"),
    need_level: i18n._("Need"),
    expected_close_on: i18n._("Expected closing day"),
    importance: i18n._("Importance"),
    hobbies: i18n._("Hobbies"),
    wishes: i18n._("Special needs"),
    industry: i18n._("Industry"),
    category: i18n._("Category"),
    expected_amount_minor: i18n._("Expected amount"),
    is_enabled: i18n._("In use"),
    mail: i18n._("Mail"),
    left_on: i18n._("Left"),
    is_primary: i18n._("Primary contact"),
    source: i18n._("Source"),
    id_number: i18n._("Identity number"),
    address: i18n._("Address"),
    born_on: i18n._("Birthday"),
    needs: i18n._("Needs"),
    remark: i18n._("Remark"),
    first_contact_on: i18n._("First contact"),
    channel: i18n._("How he was received"),
    area: i18n._("Area"),
    orientation: i18n._("Orientation"),
    floor: i18n._("Floor"),
    income: i18n._("Household income a year"),
    work_place: i18n._("Where he works"),
    home_place: i18n._("Where he lives"),
    suggestions: i18n._("Questions and suggestions"),
    impression: i18n._("Impression"),
    text: i18n._("Text"),
    note: i18n._("Remark"),
    place: i18n._("Place"),
    purpose: i18n._("Purpose"),
    planned_on: i18n._("Day"),
    planned_start_at: i18n._("Begin as planned"),
    planned_end_at: i18n._("End as planned"),
    started_at: i18n._("Began"),
    ended_at: i18n._("Ended"),
    outcome: i18n._("Outcome"),
    result: i18n._("Result"),
    next_step: i18n._("Next step"),
    next_step_on: i18n._("Day of the next step"),
    competitor: i18n._("Competitor"),
    closing_note: i18n._("Remark"),
    closed_on: i18n._("Closed"),
    reason: i18n._("Why"),
    due_on: i18n._("Due"),
    due_at: i18n._("Due"),
    done_note: i18n._("What came of the follow-up"),
    customer_name: i18n._("Customer"),
    title: i18n._("Title"),
    comment: i18n._("Comment"),
    spent_on: i18n._("Day"),
    description: i18n._("Remark"),
    topic: i18n._("Topic"),
    summary: i18n._("Summary"),
    problems: i18n._("Problems"),
    next_plan: i18n._("What comes next"),
    answer: i18n._("Answer"),
    progress: i18n._("Progress with the customer"),
    key_value: i18n._("Key value"),
  };
}

/** Words for the codes of a field. Fields of one name have the same codes in every collection. */
export function choicesOf(field: string): readonly Choice<string>[] {
  switch (field) {
    case "outcome":
      return outcomes();
    case "stage":
      return stages();
    case "lost_reason":
    case "reason":
      return lossReasons();
    case "need_level":
      return needLevels();
    case "importance":
      return importances();
    case "category":
      return categories();
    case "industry":
      return industries();
    case "source":
      return sources();
    case "kind":
      return [...kinds(), ...expenseKinds()];
    default:
      return [];
  }
}
