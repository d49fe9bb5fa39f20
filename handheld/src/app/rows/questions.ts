/** What customers asked, and who is to answer (docs/rules/fieldwork.md, F15). Pure but for reading. */
import type { Reader, Shown } from "../../device/api";

export type Question = Shown<"questions">;

/** A row made here shows only what was typed until the server has answered. */
export const isOpenQuestion = (question: Question): boolean => ((question.state as string | undefined) ?? "open") === "open";

export const isAskedBy = (question: Question, person: string): boolean => ((question.author_id as string | undefined) ?? person) === person;

/** Whether a department should have answered by now: from the day the server said, so also without a network. */
export const isOverdue = (question: Question, today: string): boolean => isOpenQuestion(question) && (question.due_on ?? today) < today;

export interface Lists {
  /** Of others, that wait for an answer of this person's department or about his customers. */
  readonly toAnswer: readonly Question[];
  /** What he noted and nobody has answered. */
  readonly waiting: readonly Question[];
  /** What is answered or taken back, the latest first. */
  readonly closed: readonly Question[];
}

const CLOSED_SHOWN = 50;

/** The overdue first, then what is due first, then what was asked first. */
const byUrgency = (one: Question, other: Question): number =>
  (one.due_on ?? "9").localeCompare(other.due_on ?? "9") || one.id.localeCompare(other.id);

export function listsOf(questions: readonly Question[], person: string): Lists {
  const open = questions.filter(isOpenQuestion).sort(byUrgency);
  return {
    toAnswer: open.filter((each) => !isAskedBy(each, person)),
    waiting: open.filter((each) => isAskedBy(each, person)),
    closed: questions.filter((each) => !isOpenQuestion(each)).reverse().slice(0, CLOSED_SHOWN),
  };
}

export const readQuestions = (read: Reader): Promise<Question[]> => read.all("questions");
