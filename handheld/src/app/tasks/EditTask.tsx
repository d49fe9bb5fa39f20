import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { PeopleField } from "../people/PeopleField";
import { Note } from "../parts/Block";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { TextField, WhenField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useRights } from "../rights/useRights";
import type { Task } from "../rows/tasks";
import { taskChanges, taskDetails, type TaskDetails, type TaskUpdate } from "./task_details";

/** What is asked, by when, of whom, and who else sees it. Whoever is named hears of it from the office. */
export function EditTask({ task, onClose }: { readonly task: Task; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const before = taskDetails(task, workspace.person.user.id);
  const name = `task-change:${task.id}`;
  const draft = useDraft<TaskDetails>(name, before);
  const form = draft.value ?? before;
  const people = usePeople(before.assignee_id);
  const [refused, setRefused] = useState(false);
  const put = (changes: TaskUpdate, options?: { draft: string }) =>
    workspace.act((group) => {
      if (Object.keys(changes).length > 0) group.update("tasks", task.id, changes);
    }, options);
  const save = async () => {
    if (form.text.trim() === "") {
      setRefused(true);
      return;
    }
    await put(taskChanges(before, form), { draft: name });
    say(i18n._("The task is changed."), () => void put(taskChanges(form, before)));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Change the task")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void save()}>
          {i18n._("Save")}
        </Button>
      }
    >
      {refused && form.text.trim() === "" && <Note tone="bad">{i18n._("Say what is to be done.")}</Note>}
      <TextField label={i18n._("The task")} most={500} value={form.text} onChange={(text) => {
        draft.set({ text });
      }} />
      <WhenField kind="date" label={i18n._("Due")} value={form.due_on} onChange={(due_on) => {
        if (due_on !== "") draft.set({ due_on });
      }} />
      {people.length > 1 && (
        <Chips label={i18n._("Who")} required choices={people} value={form.assignee_id} onChange={(assignee_id) => {
          if (assignee_id !== null) draft.set({ assignee_id });
        }} />
      )}
      <PeopleField labelled label={i18n._("Copied to")} value={form.copied_to} onChange={(copied_to) => {
        draft.set({ copied_to });
      }} />
    </Sheet>
  );
}

/** Whom it can be given to: the team, oneself, and who has it. */
function usePeople(now: string) {
  const { person } = useWorkspace();
  const { team } = useRights();
  const staff = useLive((read) => read.all("staff"), []) ?? [];
  const ids = new Set([now, person.user.id, ...team.map((each) => each.user_id)]);
  return staff
    .filter((each) => ids.has(each.id) && (each.state === "active" || each.id === now))
    .map((each) => ({ value: each.id, text: each.id === person.user.id ? i18n._("Myself") : each.name }));
}
