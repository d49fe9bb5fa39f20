import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Chips } from "../parts/Chips";
import { OnePerson } from "../people/OnePerson";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import { useRights } from "../rights/useRights";
import type { Visit } from "../rows/visits";
import { useToday } from "../words/now";

/** Give a visit that has not begun to another day, another person, or both. Waits to be confirmed like all work done here. */
export function ArrangeSheet({ visit, onClose }: { readonly visit: Visit; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const people = usePeople(visit.assignee_id);
  const [who, setWho] = useState(visit.assignee_id);
  const [day, setDay] = useState<string | null>(null);
  const put = (change: { assignee_id?: string; planned_on?: string | null }) =>
    workspace.act((group) => {
      group.update("visits", visit.id, change);
    });
  const changed = {
    ...(who === visit.assignee_id ? {} : { assignee_id: who }),
    ...(day === null || day === visit.planned_on ? {} : { planned_on: day }),
  };
  const before = {
    ...("assignee_id" in changed ? { assignee_id: visit.assignee_id } : {}),
    ...("planned_on" in changed ? { planned_on: visit.planned_on } : {}),
  };
  const arrange = async () => {
    await put(changed);
    say(i18n._("Arranged. Waiting to be confirmed."), () => void put(before));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Move or give to somebody else")}
      onClose={onClose}
      foot={
        <Button size="large" color="primary" disabled={Object.keys(changed).length === 0} onClick={() => void arrange()}>
          {i18n._("Arrange it")}
        </Button>
      }
    >
      <OnePerson
        label={i18n._("Who")}
        people={people}
        nobody={i18n._("As it is")}
        value={who}
        onChange={(chosen) => {
          setWho(chosen ?? visit.assignee_id);
        }}
      />
      {visit.planned_on !== today && (
        <Chips
          label={i18n._("Day")}
          choices={[{ value: today, text: i18n._("Today") }]}
          value={day === today ? today : null}
          onChange={setDay}
        />
      )}
      <WhenChips label={visit.planned_on === today ? i18n._("Day") : i18n._("Or later")} today={today} value={day === today ? null : day} onChange={setDay} />
    </Sheet>
  );
}

/** The team by name; whoever has it now is among them. */
function usePeople(now: string) {
  const { team } = useRights();
  const staff = useLive((read) => read.all("staff"), []);
  const ids = new Set([now, ...team.map((each) => each.user_id)]);
  return (staff ?? [])
    .filter((each) => ids.has(each.id) && (each.state === "active" || each.id === now))
    .map((each) => ({ value: each.id, text: each.name }));
}
