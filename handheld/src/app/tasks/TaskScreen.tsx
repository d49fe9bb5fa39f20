import { useState } from "react";
import { useLocation } from "wouter";
import type { Workspace } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, TextLink } from "../parts/Block";
import Button from "../parts/Button";
import { TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useNames } from "../rows/staff";
import { isOpenTask, isTaskOf, type Task } from "../rows/tasks";
import type { Named } from "../shell/routes";
import { useMay } from "../rights/useRights";
import { useNow, useToday } from "../words/now";
import { sayDay, sayInstant } from "../words/times";
import { EditTask } from "./EditTask";

/** What somebody asked for: text, day, customer; and, by whoever is to do it, done. */
export function TaskScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const found = useLive(async (read) => ({ task: await read.get("tasks", id) }), [id]);
  if (!found) return <Screen title={i18n._("Task")} back="/inbox">{null}</Screen>;
  if (!found.task) {
    return (
      <Screen title={i18n._("Task")} back="/inbox">
        <Block>
          <Empty title={i18n._("This task is not on this device")}>{i18n._("It may have gone to a colleague, or it has not arrived yet.")}</Empty>
        </Block>
      </Screen>
    );
  }
  return <Opened task={found.task} />;
}

function Opened({ task }: { readonly task: Task }) {
  const { person } = useWorkspace();
  const today = useToday();
  const nameFor = useNames();
  const me = person.user.id;
  const mayFinish = isOpenTask(task) && isTaskOf(task, me);
  const mayDirect = useMay("fieldwork.assign") || ((task.author_id as string | undefined) ?? me) === me;
  const { note, setNote, finish } = useFinishing(task);
  return (
    <Screen
      title={i18n._("Task")}
      back="/inbox"
      foot={
        mayFinish ? (
          <Button color="primary" size="large" block onClick={() => void finish()}>
            {i18n._("The task is done")}
          </Button>
        ) : undefined
      }
    >
      <Standing task={task} />
      <Block title={task.text}>
        <Facts>
          <Fact name={i18n._("Due")}>{sayDay(task.due_on, today)}</Fact>
          <Fact name={i18n._("Given by")}>{nameFor((task.author_id) ?? me)}</Fact>
          {!isTaskOf(task, me) && <Fact name={i18n._("Who")}>{nameFor(task.assignee_id)}</Fact>}
          {task.customer_name && <Fact name={i18n._("Customer")}>{task.customer_name}</Fact>}
          {task.done_note && <Fact name={i18n._("Remark")}>{task.done_note}</Fact>}
        </Facts>
        {task.customer_id && <TextLink to={`/customers/${task.customer_id}`}>{i18n._("Open the customer")}</TextLink>}
      </Block>
      {isOpenTask(task) && mayDirect && <Directing task={task} />}
      {task.state === "cancelled" && mayDirect && <TakenUp task={task} />}
      {mayFinish && (
        <Block>
          <TextField label={i18n._("Note (optional)")} value={note} most={NOTE_MOST} onChange={setNote} />
        </Block>
      )}
    </Screen>
  );
}

/** Whoever asked, or leads who does it, changes it or calls it off. */
function Directing({ task }: { readonly task: Task }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<"edit" | "off" | null>(null);
  const close = () => {
    setOpen(null);
  };
  const callOff = async () => {
    await workspace.act((group) => {
      group.act("tasks", "cancel", task.id, {}, { state: "cancelled" });
    });
    say(i18n._("The task is called off."), () => void takeUp(workspace, task.id));
    navigate("/inbox");
  };
  return (
    <Block>
      <Button
        fill="outline"
        block
        onClick={() => {
          setOpen("edit");
        }}
      >
        {i18n._("Change the task")}
      </Button>
      <Button
        fill="outline"
        color="danger"
        block
        onClick={() => {
          setOpen("off");
        }}
      >
        {i18n._("Call it off")}
      </Button>
      {open === "edit" && <EditTask task={task} onClose={close} />}
      {open === "off" && (
        <Sheet
          title={task.text}
          onClose={close}
          foot={
            <Button color="danger" size="large" onClick={() => void callOff()}>
              {i18n._("Call it off")}
            </Button>
          }
        >
          <p>{i18n._("Whoever was to do it hears of it. It can be taken up again.")}</p>
        </Sheet>
      )}
    </Block>
  );
}

const takeUp = (workspace: Workspace, id: string): Promise<void> =>
  workspace.act((group) => {
    group.act("tasks", "reopen", id, {}, { state: "open" });
  });

/** Whoever called it off asks for it again. */
function TakenUp({ task }: { readonly task: Task }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const again = async () => {
    await takeUp(workspace, task.id);
    say(i18n._("The task is taken up again."), () =>
      void workspace.act((group) => {
        group.act("tasks", "cancel", task.id, {}, { state: "cancelled" });
      }),
    );
  };
  return (
    <Block>
      <Button fill="outline" block onClick={() => void again()}>
        {i18n._("Take it up again")}
      </Button>
    </Block>
  );
}

/** As long as the server takes it. */
const NOTE_MOST = 500;

function Standing({ task }: { readonly task: Task }) {
  const { person } = useWorkspace();
  const now = useNow();
  if (task.unsent) return <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>;
  if (task.state === "cancelled") return <Note tone="warn">{i18n._("Called off: nothing is to be done any more.")}</Note>;
  if (task.state !== "done") return null;
  return (
    <Note tone="good">
      {task.done_at ? i18n._("Done {when}", { when: sayInstant(task.done_at, now, person.organisation.timezone) }) : i18n._("Done")}
    </Note>
  );
}

function useFinishing(task: Task) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const form = `task:${task.id}`;
  const draft = useDraft(form, { note: "" });
  const note = draft.value?.note ?? "";
  const finish = async () => {
    const done_note = note.trim() === "" ? null : note.trim();
    const done_at = Date.now();
    await workspace.act(
      (group) => {
        group.act("tasks", "complete", task.id, { done_at, done_note }, { state: "done", done_at, done_note });
      },
      { draft: form },
    );
    say(i18n._("Done. It is sent when there is a network."));
    navigate("/inbox");
  };
  const setNote = (typed: string) => {
    draft.set({ note: typed });
  };
  return { note, setNote, finish };
}
