import { useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import type { Workspace } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Fact, Facts, Note } from "../parts/Block";
import Button from "../parts/Button";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import type { Named } from "../shell/routes";
import { Answers } from "./Answers";
import { askImport, drop, goOn, partOf, stop, type Import, type Told } from "./imports";
import css from "./imports.module.css";
import { Setting } from "./Setting";
import { sayEncoding, sayState } from "./words";

/** One list: what its columns mean, how far it is, what became of its rows. It goes on at the office, whoever looks. */
export function ImportScreen({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const workspace = useWorkspace();
  const say = useSnack();
  const [, navigate] = useLocation();
  const { card, why, take } = useImport(workspace, id);
  const [busy, setBusy] = useState(false);
  const deed = async (ask: Promise<Told<unknown>>) => {
    setBusy(true);
    const told = await ask;
    setBusy(false);
    if (told.why === null) take(await askImport(workspace, id));
    else say(told.why);
  };
  const forget = async () => {
    setBusy(true);
    const told = await drop(workspace, id);
    setBusy(false);
    if (told.why === null) {
      void workspace.drafts.drop(`import:${id}`);
      navigate("/customers/lists");
    }
    say(told.why ?? i18n._("The file is forgotten; customers who were made stay."));
  };
  if (!card) {
    return (
      <Screen title={i18n._("Customers from a list")} back="/customers/lists">
        {why !== null && <Note tone="warn">{why}</Note>}
      </Screen>
    );
  }
  const state = sayState(card);
  const isOver = card.state === "tried" || card.state === "done";
  return (
    <Screen title={card.name} back="/customers/lists">
      {why !== null && <Note tone="warn">{why}</Note>}
      <Block>
        <Facts>
          <Fact name={i18n._("State")}>
            <Tag tone={state.tone}>{state.text}</Tag>
          </Fact>
          {card.encoding !== null && <Fact name={i18n._("File")}>{sayEncoding(card.encoding)}</Fact>}
          {card.total !== null && <Fact name={i18n._("Rows")}>{i18n._("{answered} of about {total}", { answered: card.answered, total: card.total })}</Fact>}
        </Facts>
        {card.state === "running" && <progress className={css.bar} aria-label={i18n._("Rows that are answered")} value={partOf(card) ?? undefined} />}
        <div className={css.deeds}>
          {card.state === "running" && card.job_id !== null && (
            <Button size="large" color="danger" fill="outline" loading={busy} onClick={() => void deed(stop(workspace, card.job_id ?? ""))}>
              {i18n._("Stop")}
            </Button>
          )}
          {(card.state === "stopped" || card.state === "failed") && (
            <Button size="large" color="primary" loading={busy} onClick={() => void deed(goOn(workspace, id))}>
              {i18n._("Go on")}
            </Button>
          )}
          {card.state !== "running" && (
            <Button size="large" fill="outline" loading={busy} onClick={() => void forget()}>
              {i18n._("Forget the file")}
            </Button>
          )}
        </div>
      </Block>
      {isOver && <Answers card={card} />}
      {(card.state === "new" || card.state === "tried") && <Setting card={card} onBegun={take} />}
    </Screen>
  );
}

const AGAIN_MS = 1_000;
const OFFLINE_MS = 5_000;

/** The list as the office has it, asked again while it is worked on. */
function useImport(workspace: Workspace, id: string) {
  const [card, setCard] = useState<Import | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const take = useCallback((told: Told<Import>) => {
    setWhy(told.why);
    if (told.value) setCard(told.value);
  }, []);
  const isRunning = card === null || card.state === "running";
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wanted = isRunning;
    const ask = async () => {
      const told = await askImport(workspace, id);
      if (!wanted) return;
      take(told);
      if (told.value?.state === "done") void workspace.sync.now(); // whom it made are this person's, or his team's
      const isOffline = told.value === null && told.isOffline === true;
      if (told.value?.state === "running" || isOffline) timer = setTimeout(() => void ask(), isOffline ? OFFLINE_MS : AGAIN_MS);
    };
    if (wanted) void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [workspace, id, isRunning, take]);
  return { card, why, take };
}
