import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { snoozes, type Notice, type Until } from "./order";

function sayUntil(until: Until): string {
  switch (until) {
    case "hour":
      return i18n._("In an hour");
    case "evening":
      return i18n._("This afternoon");
    case "tomorrow":
      return i18n._("Tomorrow morning");
    case "monday":
      return i18n._("On Monday");
  }
}

/** Until when a notice is put off, with one tap. */
export function SnoozeSheet({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const now = useNow();
  const zone = workspace.person.organisation.timezone;
  const snooze = async (until: number) => {
    await workspace.act((group) => {
      group.act("notices", "snooze", notice.id, { until }, { state: "snoozed", snoozed_until: until });
    });
    say(i18n._("Put off until {when}.", { when: sayInstant(until, now, zone) }), () => {
      void workspace.act((group) => {
        group.act("notices", "read", notice.id, {}, { state: "read" });
      });
    });
    onClose();
  };
  return (
    <Sheet title={i18n._("Put off until when?")} onClose={onClose}>
      {snoozes(now, zone).map(([which, until]) => (
        <Button key={which} block size="large" fill="outline" onClick={() => void snooze(until)}>
          {sayUntil(which)} · {sayInstant(until, now, zone)}
        </Button>
      ))}
    </Sheet>
  );
}
