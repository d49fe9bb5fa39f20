/** What somebody asked to be done, and by when (docs/rules/fieldwork.md, F12). */
import type { Reader, Shown } from "../../device/api";

export type Task = Shown<"tasks">;

/** A row made here shows only what was typed until the server has answered. */
export const isOpenTask = (task: Task): boolean => ((task.state as string | undefined) ?? "open") === "open";

export const isTaskOf = (task: Task, person: string): boolean => ((task.assignee_id as string | undefined) ?? person) === person;

/** Open ones that a person gave to others, what is due first at the top. */
export async function tasksGiven(read: Reader, person: string): Promise<Task[]> {
  const found = await read.all("tasks");
  return found
    .filter((each) => isOpenTask(each) && ((each.author_id as string | undefined) ?? person) === person && !isTaskOf(each, person))
    .sort((one, other) => one.due_on.localeCompare(other.due_on));
}

/** Open ones of a person that are due on this day; of today, those of earlier days too. The earliest first. */
export async function tasksDue(read: Reader, day: string, today: string, person: string): Promise<Task[]> {
  const found = await read.between("tasks", "due_on", day === today ? "2000-01-01" : day, day);
  return found.filter((each) => isOpenTask(each) && isTaskOf(each, person));
}
