import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { OnePerson } from "../people/OnePerson";
import { PeopleField } from "../people/PeopleField";
import { Block, Note } from "../parts/Block";
import Button from "../parts/Button";
import { TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import { useRights } from "../rights/useRights";
import { tasksGiven } from "../rows/tasks";
import { useToday } from "../words/now";
import { TaskRow } from "./TaskRow";

interface Form {
  readonly who: string | null;
  readonly text: string;
  readonly day: string | null;
  readonly copied: string | null;
}

const FORM = "task:new";
const BLANK: Form = { who: null, text: "", day: null, copied: null };

/** Something that somebody of the team, or oneself, is to do by a day. */
export function NewTaskScreen() {
  const workspace = useWorkspace();
  const me = workspace.person.user.id;
  const today = useToday();
  const say = useSnack();
  const [, navigate] = useLocation();
  const [refused, setRefused] = useState(false);
  const { team } = useRights();
  const staff = useLive((read) => read.all("staff"), []) ?? [];
  const given = useLive((read) => tasksGiven(read, me), [me]);
  const draft = useDraft<Form>(FORM, BLANK);
  const form = draft.value ?? BLANK;
  const ids = new Set([me, ...team.map((each) => each.user_id)]);
  const people = staff.filter((each) => ids.has(each.id) && each.state === "active").map((each) => ({ value: each.id, text: each.id === me ? i18n._("Myself") : each.name }));
  const day = form.day ?? today;
  const give = async () => {
    if (form.text.trim() === "" || form.who === null) {
      setRefused(true);
      return;
    }
    const who = form.who;
    const id = await workspace.act(
      (group) => group.create("tasks", { text: form.text.trim(), due_on: day, assignee_id: who, copied_to: form.copied }),
      { draft: FORM },
    );
    say(i18n._("Given. It is sent when there is a network."), () => {
      void workspace.act((group) => {
        group.act("tasks", "cancel", id, {}, { state: "cancelled" });
      });
    });
    navigate("/team", { replace: true });
  };
  return (
    <Screen
      title={i18n._("New task")}
      back="/team"
      foot={
        <Button color="primary" size="large" block onClick={() => void give()}>
          {i18n._("Give the task")}
        </Button>
      }
    >
      {refused && (form.text.trim() === "" || form.who === null) && <Note tone="bad">{i18n._("Say what is to be done, and by whom.")}</Note>}
      <Block>
        <TextField
          label={i18n._("The task")}
          most={500}
          value={form.text}
          onChange={(text) => {
            draft.set({ text });
          }}
        />
        <OnePerson
          label={i18n._("Who")}
          people={people}
          nobody={i18n._("Choose")}
          value={form.who}
          onChange={(who) => {
            draft.set({ who });
          }}
        />
        <WhenChips
          label={i18n._("Due (today unless you say)")}
          today={today}
          value={form.day}
          onChange={(next) => {
            draft.set({ day: next });
          }}
        />
      </Block>
      <Block title={i18n._("Copied to")}>
        <PeopleField
          label={i18n._("Copied to")}
          value={form.copied}
          onChange={(copied) => {
            draft.set({ copied });
          }}
        />
      </Block>
      {given && given.length > 0 && (
        <Block title={i18n._("Given and not done yet")}>
          {given.map((each) => (
            <TaskRow key={each.id} task={each} today={today} given />
          ))}
        </Block>
      )}
    </Screen>
  );
}
