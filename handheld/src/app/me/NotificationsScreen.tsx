import Button from "../parts/Button";
import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { pushState, turnOff, turnOn, type NotOn, type PushState } from "./push";

/** Whether this device rings when there is news. What it rings with names nobody: the news itself comes with the sync. */
export function NotificationsScreen() {
  const { state, refused, busy, switchIt } = usePush();
  return (
    <Screen title={i18n._("Notifications")} back="/me">
      <Block
        title={i18n._("This device")}
        right={state && <Tag tone={state === "on" ? "good" : "plain"}>{state === "on" ? i18n._("On") : i18n._("Off")}</Tag>}
      >
        <p>{i18n._("Rings for reminders, decisions and arrivals, also when the app is closed. No names leave the office with it.")}</p>
        {state === "unable" && <Note tone="warn">{i18n._("This browser cannot be rung, or the page is not opened over https. On an iPhone, add the app to the home screen first.")}</Note>}
        {state === "denied" && <Note tone="warn">{sayNotOn("denied")}</Note>}
        {refused && state !== "denied" && <Note tone="bad">{sayNotOn(refused)}</Note>}
        {(state === "off" || state === "on") && (
          <Button block size="large" color="primary" fill={state === "on" ? "outline" : "solid"} loading={busy} onClick={() => void switchIt()}>
            {state === "on" ? i18n._("Turn off") : i18n._("Turn on")}
          </Button>
        )}
      </Block>
    </Screen>
  );
}

function usePush() {
  const workspace = useWorkspace();
  const [state, setState] = useState<PushState | null>(null);
  const [refused, setRefused] = useState<NotOn | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void pushState().then(setState);
  }, []);
  const switchIt = async () => {
    setBusy(true);
    if (state === "on") await turnOff(workspace);
    else setRefused(await turnOn(workspace));
    setState(await pushState());
    setBusy(false);
  };
  return { state, refused, busy, switchIt };
}

function sayNotOn(why: NotOn): string {
  switch (why) {
    case "offline":
      return i18n._("There is no network. Try again when there is one.");
    case "keyless":
      return i18n._("Your organisation's server does not ring devices. News still comes to the inbox.");
    case "denied":
      return i18n._("This browser was told not to let Doorstep ring. You can change that in the browser's settings for this page.");
    case "failed":
      return i18n._("The browser's own push service did not answer. News still comes to the inbox.");
    case "refused":
      return i18n._("The office does not accept this browser's push service. News still comes to the inbox.");
  }
}
