import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { useStageName } from "../opportunities/useFunnel";
import { Block, Empty, Note, Row } from "../parts/Block";
import { OneOfMany } from "../parts/OneOfMany";
import { Screen } from "../parts/Screen";
import { useRights } from "../rights/useRights";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { deeds, type Deed } from "../words/feed";
import { useToday } from "../words/now";
import { sayEvent } from "../words/timeline";
import { addDays, clockOf, sayDay } from "../words/times";
import { readFeed, wayOf } from "./feed";
import css from "./team.module.css";

/** Days that are read at first, and more with each tap. */
const AT_FIRST = 3;
const MORE = 7;
const MOST = 300;

/** What the team did with its customers, by day: from the rows on this device, so it is there without a network. */
export function FeedScreen({ named }: { readonly named: Named }) {
  const { person: me } = useWorkspace();
  const today = useToday();
  const nameOf = useNames();
  const stageName = useStageName();
  const { team } = useRights();
  const [chosen, setChosen] = useState<string | null>(named.person ?? null);
  const [deed, setDeed] = useState<Deed | null>(null);
  const [span, setSpan] = useState(AT_FIRST);
  const from = addDays(today, 1 - span);
  const found = useLive((read) => readFeed(read, from, today, { person: chosen, deed }, MOST), [from, today, chosen, deed]);
  const people = [...new Set([...team.map((each) => each.user_id), ...(chosen === null ? [] : [chosen])])]
    .map((id) => ({ value: id, text: nameOf(id) }))
    .sort((one, other) => one.text.localeCompare(other.text, i18n.locale));
  return (
    <Screen title={i18n._("Team feed")} back="/team">
      <Block>
        <div className={css.pair}>
          <OneOfMany label={i18n._("Team member")} all={i18n._("Everybody")} choices={people} value={chosen} onChange={setChosen} />
          <OneOfMany label={i18n._("Only")} all={i18n._("Everything")} choices={deeds()} value={deed} onChange={setDeed} />
        </div>
      </Block>
      {!found && (
        <Block>
          <p role="status">{i18n._("Reading what the team did…")}</p>
        </Block>
      )}
      {found?.days.length === 0 && (
        <Block>
          <Empty title={i18n._("Nothing in these days")}>{i18n._("Visits, calls, notes and receptions of your team stand here.")}</Empty>
        </Block>
      )}
      {found?.days.map(({ day, lines }) => (
        <Block key={day} title={sayDay(day, today)}>
          <ul className={css.lines}>
            {lines.map(({ entry, customer, note }) => (
              <li key={entry.id}>
                <Row
                  to={wayOf(entry)}
                  title={customer === "" ? i18n._("A customer") : customer}
                  sub={
                    <>
                      <span className={css.began}>{sayEvent(entry, nameOf, note, stageName)}</span>
                      <span className={css.seen}>
                        {nameOf(entry.done_by)} · {clockOf(entry.at, me.organisation.timezone)}
                      </span>
                    </>
                  }
                />
              </li>
            ))}
          </ul>
        </Block>
      ))}
      {found?.cut === true && <Note tone="brand">{i18n._("Only the latest {n} are shown. Choose a person or a sort.", { n: MOST })}</Note>}
      {found && (
        <Button
          fill="outline"
          onClick={() => {
            setSpan(span + MORE);
          }}
        >
          {i18n._("Earlier days")}
        </Button>
      )}
    </Screen>
  );
}
