import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, Row, TextLink } from "../parts/Block";
import { TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { isAskedBy, isOpenQuestion, isOverdue, type Question } from "../rows/questions";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { useNow, useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { sayDay, sayInstant } from "../words/times";

/** One question: to be answered, passed to another department, or read. */
export function QuestionScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const found = useLive(async (read) => ({ question: await read.get("questions", id) }), [id]);
  if (!found) return <Screen title={i18n._("Question")} back="/questions">{null}</Screen>;
  if (!found.question) {
    return (
      <Screen title={i18n._("Question")} back="/questions">
        <Block>
          <Empty title={i18n._("This question is not on this device")}>{i18n._("It may have been passed on, or it has not arrived yet.")}</Empty>
        </Block>
      </Screen>
    );
  }
  return <Opened key={id} question={found.question} />;
}

function Opened({ question }: { readonly question: Question }) {
  const isOpen = isOpenQuestion(question);
  const { answer, setAnswer, send, refused } = useAnswering(question);
  return (
    <Screen
      title={i18n._("Question")}
      back="/questions"
      foot={
        isOpen ? (
          <>
            {refused !== null && <Note tone="bad">{refused}</Note>}
            <Button color="primary" size="large" block disabled={answer.trim() === ""} onClick={() => void send()}>
              {i18n._("Answer it")}
            </Button>
          </>
        ) : undefined
      }
    >
      <Standing question={question} />
      <Said question={question} />
      {isOpen && (
        <Block>
          <TextField label={i18n._("Answer")} value={answer} most={ANSWER_MOST} rows={3} onChange={setAnswer} />
          <Otherwise question={question} />
        </Block>
      )}
    </Screen>
  );
}

function Said({ question }: { readonly question: Question }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const now = useNow();
  const today = useToday();
  const zone = person.organisation.timezone;
  const department = useLive(async (read) => (question.department_id ? await read.get("units", question.department_id) : undefined), [question.department_id]);
  const customer = useLive(async (read) => ({ isHere: (await read.get("customers", question.customer_id)) !== undefined }), [question.customer_id]);
  const asked = sayWhere(question);
  return (
    <Block title={question.text}>
      <Facts>
        {question.answer && <Fact name={i18n._("Answer")}>{question.answer}</Fact>}
        {question.answered_by && <Fact name={i18n._("Answered by")}>{nameFor(question.answered_by)}</Fact>}
        {(question.customer_name as string | undefined) && <Fact name={i18n._("Customer")}>{question.customer_name}</Fact>}
        <Fact name={i18n._("Noted by")}>{nameFor((question.author_id) ?? person.user.id)}</Fact>
        {(question.asked_at as number | undefined) && <Fact name={i18n._("Asked")}>{sayInstant(question.asked_at, now, zone)}</Fact>}
        {asked !== null && <Fact name={i18n._("Asked on")}>{asked}</Fact>}
        {department && <Fact name={i18n._("To be answered by")}>{department.name}</Fact>}
        {question.due_on && <Fact name={i18n._("Due")}>{sayDay(question.due_on, today)}</Fact>}
      </Facts>
      {customer?.isHere && <TextLink to={`/customers/${question.customer_id}`}>{i18n._("Open the customer")}</TextLink>}
    </Block>
  );
}

function sayWhere({ visit_id, activity_id, reception_id }: Question): string | null {
  if (visit_id) return i18n._("a visit");
  if (activity_id) return i18n._("a call or other contact");
  return reception_id ? i18n._("a reception") : null;
}

/** As long as the server takes it. */
const ANSWER_MOST = 2000;

function Standing({ question }: { readonly question: Question }) {
  const today = useToday();
  if (question.unsent) return <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>;
  if (question.state === "withdrawn") return <Note tone="warn">{i18n._("Taken back: no answer is needed any more.")}</Note>;
  if (isOverdue(question, today)) return <Note tone="bad">{i18n._("Nobody has answered in time.")}</Note>;
  return null;
}

/** What else can be done with an open one: another department, or taking it back. */
function Otherwise({ question }: { readonly question: Question }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [choosing, setChoosing] = useState(false);
  const mine = isAskedBy(question, workspace.person.user.id);
  const withdraw = async () => {
    await workspace.act((group) => {
      group.act("questions", "withdraw", question.id, {}, { state: "withdrawn" });
    });
    say(i18n._("Taken back."));
  };
  return (
    <>
      <Button
        fill="outline"
        onClick={() => {
          setChoosing(true);
        }}
      >
        {question.cannot_answer ? i18n._("Pass it to another department") : i18n._("I cannot answer: pass it to a department")}
      </Button>
      {mine && (
        <Button fill="outline" onClick={() => void withdraw()}>
          {i18n._("Not needed any more")}
        </Button>
      )}
      {choosing && (
        <Departments
          question={question}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
    </>
  );
}

function Departments({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const units = useLive((read) => read.all("units"), []);
  const pass = async (id: string, name: string) => {
    await workspace.act((group) => {
      group.act("questions", "pass_on", question.id, { department_id: id }, { department_id: id, cannot_answer: true });
    });
    onClose();
    say(i18n._("Passed to {name}.", { name }));
  };
  return (
    <Sheet title={i18n._("Who is to answer?")} onClose={onClose}>
      {units
        ?.filter((each) => each.id !== question.department_id)
        .map((each) => <Row key={each.id} title={each.name} onTap={() => void pass(each.id, each.name)} />)}
    </Sheet>
  );
}

function useAnswering(question: Question) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `question:${question.id}`;
  const draft = useDraft(form, { answer: "" });
  const [refused, setRefused] = useState<string | null>(null);
  const answer = draft.value?.answer ?? "";
  const send = async () => {
    const said = answer.trim();
    try {
      await workspace.act(
        (group) => {
          group.act("questions", "answer", question.id, { answer: said }, { state: "answered", answer: said, answered_by: workspace.person.user.id });
        },
        { draft: form },
      );
      say(i18n._("Answer kept. It is sent when there is a network."));
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
    }
  };
  const setAnswer = (typed: string) => {
    setRefused(null);
    draft.set({ answer: typed });
  };
  return { answer, setAnswer, send, refused };
}
