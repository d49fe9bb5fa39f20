import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Note, Row } from "../parts/Block";
import Button from "../parts/Button";
import { LineField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { sayProblem } from "../words/problems";
import { sayOwnKind } from "./words";

type Type = Shown<"activity_types">;

const FORM = "activity-type:new";
const BLANK = { zh: "", en: "" };
/** As long as the server takes it. */
const NAME_MOST = 40;

/** Kinds of contact that the organisation has beside the seven of the trade. Set up at the office: needs a network. */
export function ActivityTypesScreen() {
  const workspace = useWorkspace();
  const say = useSnack();
  const types = useLive((read) => read.all("activity_types"), []);
  const draft = useDraft(FORM, BLANK);
  const { zh, en } = draft.value ?? BLANK;
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const ask = async (method: "POST" | "PATCH", path: string, body: object, done: string): Promise<boolean> => {
    setBusy(true);
    const asked = await workspace.ask(method, `/api/v1/activity-types${path}`, body);
    if (!asked.offline && asked.code === null) await workspace.sync.now();
    setBusy(false);
    setRefused(asked.offline ? i18n._("The office could not be reached; nothing was changed.") : asked.code && sayProblem(asked.code, {}));
    if (asked.offline || asked.code !== null) return false;
    say(done);
    return true;
  };
  const add = async () => {
    if (await ask("POST", "", { name_zh: zh.trim(), name_en: en.trim() }, i18n._("Added."))) draft.drop();
  };
  const use = (type: Type, state: Type["state"]) =>
    ask("PATCH", `/${type.id}`, { state }, state === "active" ? i18n._("In use again.") : i18n._("Closed. What was logged with it stays."));
  return (
    <Screen title={i18n._("Kinds of contact")} back="/me">
      {refused !== null && <Note tone="bad">{refused}</Note>}
      <Block title={i18n._("Of your organisation")}>
        {types?.length === 0 && <Empty title={i18n._("None yet")}>{i18n._("The seven of the trade are always there. Add what your organisation calls its own.")}</Empty>}
        {types?.map((each) => (
          <Row
            key={each.id}
            title={sayOwnKind(each)}
            sub={each.state === "active" ? undefined : i18n._("Out of use")}
            right={
              <Button fill="outline" disabled={busy} onClick={() => void use(each, each.state === "active" ? "closed" : "active")}>
                {each.state === "active" ? i18n._("Close") : i18n._("Use again")}
              </Button>
            }
          />
        ))}
      </Block>
      <Block title={i18n._("Add one")}>
        <LineField label={i18n._("Name in Chinese")} value={zh} most={NAME_MOST} onChange={(next) => {
          draft.set({ zh: next });
        }} />
        <LineField label={i18n._("Name in English")} value={en} most={NAME_MOST} onChange={(next) => {
          draft.set({ en: next });
        }} />
        <Button color="primary" block loading={busy} disabled={zh.trim() === "" || en.trim() === ""} onClick={() => void add()}>
          {i18n._("Add")}
        </Button>
      </Block>
    </Screen>
  );
}
