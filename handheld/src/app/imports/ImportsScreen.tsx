import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Empty, Note, Row } from "../parts/Block";
import Button from "../parts/Button";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { askImports, handIn, type Import } from "./imports";
import css from "./imports.module.css";
import { sayState } from "./words";

/** A list to be taken in, and those that were. The office does it all; needs a network. */
export function ImportsScreen() {
  const workspace = useWorkspace();
  const now = useNow();
  const [, navigate] = useLocation();
  const [found, setFound] = useState<readonly Import[] | undefined>(undefined);
  const [why, setWhy] = useState<string | null>(null);
  const [sending, setSending] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    void askImports(workspace).then((told) => {
      if (!wanted) return;
      setWhy(told.why);
      setFound(told.value?.items);
    });
    return () => {
      wanted = false;
    };
  }, [workspace]);
  const take = async (file: File | undefined) => {
    if (!file) return;
    setSending(file.name);
    setWhy(null);
    const told = await handIn(workspace, file);
    setSending(null);
    setWhy(told.why);
    if (told.value) navigate(`/customers/lists/${told.value.id}`);
  };
  return (
    <Screen title={i18n._("Customers from a list")} back="/customers">
      {why !== null && <Note tone="warn">{why}</Note>}
      <Choose sending={sending} onChoose={take} />
      {found && (
        <Block title={i18n._("Lists of the last thirty days")}>
          {found.length === 0 && <Empty title={i18n._("No list yet")}>{i18n._("Nothing is taken in before you have seen what would become of each row.")}</Empty>}
          {found.map((each) => {
            const state = sayState(each);
            return (
              <Row
                key={each.id}
                to={`/customers/lists/${each.id}`}
                title={each.name}
                sub={sayInstant(Date.parse(each.created_at), now, workspace.person.organisation.timezone)}
                right={<Tag tone={state.tone}>{state.text}</Tag>}
              />
            );
          })}
        </Block>
      )}
    </Screen>
  );
}

/** The file: chosen, or dropped here where there is a mouse. */
function Choose({ sending, onChoose }: { readonly sending: string | null; readonly onChoose: (file: File | undefined) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <section
      className={css.drop}
      data-over={over}
      aria-label={i18n._("File")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void onChoose(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onChange={(event) => {
          // The same file can be chosen again after it was mended.
          void onChoose(event.target.files?.[0]).finally(() => {
            if (input.current) input.current.value = "";
          });
        }}
      />
      <Button color="primary" size="large" loading={sending !== null} onClick={() => input.current?.click()}>
        {sending === null ? i18n._("Choose a file") : i18n._("Sending {name}", { name: sending })}
      </Button>
      <p className={css.wide}>{i18n._("or drop it here")}</p>
      <p>{i18n._("CSV or XLSX, with a row of titles above one row for each customer. Nobody who is there already is changed.")}</p>
    </section>
  );
}
