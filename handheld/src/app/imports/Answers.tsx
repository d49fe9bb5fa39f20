import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Note, Row } from "../parts/Block";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { save } from "../parts/save";
import { useSnack } from "../parts/snack";
import { askAnswers, askFile, OUTCOMES, type Answer, type Import, type Outcome, type Page } from "./imports";
import css from "./imports.module.css";
import { sayOutcome } from "./words";

/** What became of the rows, or would; those that were refused first, for they want something. */
export function Answers({ card }: { readonly card: Import }) {
  const count = { refused: card.refused, duplicate: card.duplicates, created: card.created };
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const outcome = chosen ?? OUTCOMES.find((each) => count[each] > 0) ?? "created";
  return (
    <Block title={card.is_trial ? i18n._("What would become of each row") : i18n._("What became of each row")}>
      <Chips
        label={i18n._("Rows")}
        required
        choices={OUTCOMES.map((value) => ({ value, text: sayOutcome(value, count[value], card.is_trial) }))}
        value={outcome}
        onChange={setChosen}
      />
      <Rows key={`${outcome} ${card.state} ${card.answered}`} card={card} outcome={outcome} />
    </Block>
  );
}

function Rows({ card, outcome }: { readonly card: Import; readonly outcome: Outcome }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [pages, setPages] = useState<Page | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  useEffect(() => {
    let wanted = true;
    void askAnswers(workspace, card.id, outcome, null).then((told) => {
      if (!wanted) return;
      setWhy(told.why);
      setPages(told.value);
    });
    return () => {
      wanted = false;
    };
  }, [workspace, card.id, outcome]);
  const more = async () => {
    const told = await askAnswers(workspace, card.id, outcome, pages?.next ?? null);
    setWhy(told.why);
    if (told.value) setPages({ items: [...(pages?.items ?? []), ...told.value.items], next: told.value.next });
  };
  const download = async () => {
    setSaving(true);
    const told = await askFile(workspace, card.id, outcome);
    setSaving(false);
    if (told.value) save(told.value, `${card.name.replace(/\.\w+$/, "")} ${outcome}.xlsx`);
    else say(told.why);
  };
  return (
    <>
      {why !== null && <Note tone="warn">{why}</Note>}
      {pages && pages.items.length > 0 && (
        <div className={css.deeds}>
          <Button fill="outline" color="primary" loading={saving} onClick={() => void download()}>
            {outcome === "refused" ? i18n._("Save these rows, to mend them") : i18n._("Save these rows")}
          </Button>
        </div>
      )}
      {pages?.items.length === 0 && <p>{i18n._("No row.")}</p>}
      {pages?.items.map((each) => <AnswerRow key={each.number} answer={each} card={card} />)}
      {pages && pages.next !== null && (
        <Button fill="outline" onClick={() => void more()}>
          {i18n._("Show more")}
        </Button>
      )}
    </>
  );
}

function AnswerRow({ answer, card }: { readonly answer: Answer; readonly card: Import }) {
  const said = answer.faults.map(({ column, detail }) => {
    const title = column === null ? null : (card.columns[column]?.title ?? null);
    return title === null ? detail : `${title}: ${detail}`;
  });
  const who = answer.customer_name ?? (answer.owner_name === null ? null : i18n._("A customer beyond your reach"));
  const whose = answer.owner_name === null ? null : i18n._("of {owner}", { owner: answer.owner_name });
  const sub = [...said, [who, whose].filter(Boolean).join(" ")].filter(Boolean).join(" · ");
  return (
    <Row
      title={i18n._("Row {n}", { n: answer.number })}
      {...(sub === "" ? {} : { sub })}
      {...(answer.customer_id !== null && answer.customer_name !== null ? { to: `/customers/${answer.customer_id}` } : {})}
    />
  );
}
