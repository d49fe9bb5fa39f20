/** What can be changed of a task, and what of it is sent. Pure. */
import type { Actions } from "../../wire";
import type { Task } from "../rows/tasks";

export type TaskUpdate = Actions["tasks"]["update"];

export interface TaskDetails {
  readonly text: string;
  readonly due_on: string;
  readonly assignee_id: string;
  readonly copied_to: string | null;
}

/** Of a task that was made here only what was typed is known. */
export function taskDetails(task: Task, me: string): TaskDetails {
  return {
    text: task.text,
    due_on: task.due_on,
    assignee_id: (task.assignee_id) ?? me,
    copied_to: (task.copied_to) ?? null,
  };
}

/** Only what was changed, so that a colleague's change of another field stays. */
export function taskChanges(before: TaskDetails, form: TaskDetails): TaskUpdate {
  const text = form.text.trim();
  return {
    ...(text === before.text ? {} : { text }),
    ...(form.due_on === before.due_on ? {} : { due_on: form.due_on }),
    ...(form.assignee_id === before.assignee_id ? {} : { assignee_id: form.assignee_id }),
    ...(form.copied_to === before.copied_to ? {} : { copied_to: form.copied_to }),
  };
}
