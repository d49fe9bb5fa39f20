import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { listOf, peopleOf } from "../people/list";
import { PeopleField } from "../people/PeopleField";
import { Block, Note } from "../parts/Block";
import Button from "../parts/Button";
import { OneOfMany } from "../parts/OneOfMany";
import { sources } from "../words/choices";
import { begin, FIELDS, guessed, hasName, mapped, type Import, type Told, type Wish } from "./imports";
import css from "./imports.module.css";
import { sayField } from "./words";

/** What its columns mean, and what rows are that do not say so themselves; then it is tried, or taken in. */
export function Setting({ card, onBegun }: { readonly card: Import; readonly onBegun: (told: Told<Import>) => void }) {
  const workspace = useWorkspace();
  const draft = useDraft<Wish>(`import:${card.id}`, { fields: guessed(card.columns), owner: card.new_owner_id, source: card.source });
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const wish = draft.value;
  if (!wish) return null;
  const start = async (isTrial: boolean) => {
    if (!hasName(wish.fields)) {
      setWhy(i18n._("Say which column holds the customer's name."));
      return;
    }
    setBusy(true);
    const told = await begin(workspace, card.id, wish, isTrial);
    setBusy(false);
    setWhy(told.why);
    if (told.value) {
      if (!isTrial) draft.drop();
      onBegun(told);
    }
  };
  const choices = FIELDS.map((value) => ({ value, text: sayField(value) }));
  const wasTried = card.state === "tried";
  return (
    <>
      <Block title={i18n._("What the columns are")}>
        <div className={css.columns}>
          {card.columns.map((column) => (
            <OneOfMany
              key={column.place}
              label={column.title ?? i18n._("Column {n}", { n: column.place + 1 })}
              hint={column.samples.filter((each) => each !== null).join(" · ") || i18n._("empty in the first rows")}
              all={i18n._("Leave out")}
              choices={choices}
              value={wish.fields[String(column.place)] ?? null}
              onChange={(field) => {
                setWhy(null);
                draft.set({ fields: mapped(wish.fields, column.place, field) });
              }}
            />
          ))}
        </div>
      </Block>
      <Block title={i18n._("Where a row does not say it")}>
        <OneOfMany
          label={i18n._("Source")}
          all={i18n._("None")}
          choices={sources()}
          value={sources().find((each) => each.value === wish.source)?.value ?? null}
          onChange={(source) => {
            draft.set({ source });
          }}
        />
        <p>{wish.owner === null ? i18n._("The customers are yours, unless you name a colleague.") : i18n._("The customers go to this colleague.")}</p>
        <PeopleField
          label={i18n._("Owner")}
          value={wish.owner}
          onChange={(chosen) => {
            const others = peopleOf(chosen).filter((each) => each !== wish.owner);
            draft.set({ owner: chosen === null ? null : listOf(others.slice(0, 1)) });
          }}
        />
      </Block>
      {why !== null && <Note tone="bad">{why}</Note>}
      <div className={css.deeds}>
        <Button size="large" color="primary" fill={wasTried ? "outline" : "solid"} loading={busy} onClick={() => void start(true)}>
          {wasTried ? i18n._("Try again") : i18n._("Try it")}
        </Button>
        <Button size="large" color="primary" fill={wasTried ? "solid" : "outline"} loading={busy} onClick={() => void start(false)}>
          {i18n._("Take in")}
        </Button>
      </div>
    </>
  );
}
