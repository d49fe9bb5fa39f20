import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { isOverdue, listsOf, readQuestions, type Question } from "../rows/questions";
import { useToday } from "../words/now";
import { sayDay } from "../words/times";

/** What customers asked: what waits for this person's answer, what he waits for, and what came of the rest. */
export function QuestionsScreen() {
  const { person } = useWorkspace();
  const questions = useLive(readQuestions, []);
  if (!questions) return <Screen title={i18n._("Customers' questions")} back="/me">{null}</Screen>;
  const { toAnswer, waiting, closed } = listsOf(questions, person.user.id);
  return (
    <Screen title={i18n._("Customers' questions")} back="/me">
      {questions.length === 0 && (
        <Block>
          <Empty title={i18n._("No questions")}>{i18n._("What a customer asks is noted on a visit or on the customer's card.")}</Empty>
        </Block>
      )}
      <Group title={i18n._("To be answered")} questions={toAnswer} />
      <Group title={i18n._("You wait for an answer")} questions={waiting} />
      <Group title={i18n._("Answered or taken back")} questions={closed} />
    </Screen>
  );
}

function Group({ title, questions }: { readonly title: string; readonly questions: readonly Question[] }) {
  if (questions.length === 0) return null;
  return (
    <Block title={title}>
      {questions.map((each) => (
        <QuestionRow key={each.id} question={each} />
      ))}
    </Block>
  );
}

/** One question; a tap opens it. */
export function QuestionRow({ question }: { readonly question: Question }) {
  const today = useToday();
  const due = question.due_on as string | null | undefined;
  const right = () => {
    if (question.unsent) return <Tag tone="warn">{i18n._("Not sent yet")}</Tag>;
    if (isOverdue(question, today)) return <Tag tone="bad">{i18n._("Overdue")}</Tag>;
    if (question.state === "answered") return <Tag tone="good">{i18n._("Answered")}</Tag>;
    return due && question.state === "open" ? <Tag>{i18n._("by {day}", { day: sayDay(due, today) })}</Tag> : null;
  };
  return <Row to={`/questions/${question.id}`} title={question.text} sub={[question.customer_name as string | undefined, question.answer].filter(Boolean).join(" · ")} right={right()} />;
}
