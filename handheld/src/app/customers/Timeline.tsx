import Button from "../parts/Button";
import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LongText } from "../parts/LongText";
import { useStageName } from "../opportunities/useFunnel";
import { useNames } from "../rows/staff";
import { deeds, type Deed } from "../words/feed";
import { useNow } from "../words/now";
import { sayEvent } from "../words/timeline";
import { sayInstant, sayMonth } from "../words/times";
import css from "./customers.module.css";

/** As many of the latest months as can be chosen. */
const MONTHS = 6;
/** How many entries are shown before “show all”. */
const SOME = 8;

/** What happened with this customer, newest first by when it is said to have happened. Written by the server only. */
export function Timeline({ customer }: { readonly customer: string }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const stageName = useStageName();
  const [all, setAll] = useState(false);
  const [deed, setDeed] = useState<Deed | null>(null);
  const [by, setBy] = useState<string | null>(null);
  const [month, setMonth] = useState<string | null>(null);
  const found = useLive(
    async (read) => ({
      entries: await read.where("timeline", "customer_id", customer),
      notes: new Map((await read.where("notes", "customer_id", customer)).map((note) => [note.id, note.text])),
    }),
    [customer],
  );
  if (!found) return null;
  const sorted = found.entries
    .filter((each) => (deed === null || each.deed === deed) && (by === null || each.done_by === by) && (month === null || each.day_on.startsWith(month)))
    .sort((one, other) => other.at - one.at);
  const there = (name: "deed" | "done_by") => new Set<string>(found.entries.map((each) => each[name]));
  const sorts = deeds().filter((each) => there("deed").has(each.value));
  const people = [...there("done_by")].map((id) => ({ value: id, text: nameOf(id) }));
  const months = [...new Set(found.entries.map((each) => each.day_on.slice(0, 7)))].sort().reverse();
  const text = (entry: Shown<"timeline">) => sayEvent(entry, nameOf, found.notes.get(entry.subject_id ?? ""), stageName);
  return (
    <Block title={i18n._("Timeline")}>
      {sorts.length > 1 && <Chips label={i18n._("Only")} choices={sorts} value={deed} onChange={setDeed} />}
      {people.length > 1 && <Chips label={i18n._("By whom")} choices={people} value={by} onChange={setBy} />}
      {months.length > 1 && (
        <Chips
          label={i18n._("Month")}
          choices={months.slice(0, MONTHS).map((each) => ({ value: each, text: sayMonth(each) }))}
          value={month}
          onChange={setMonth}
        />
      )}
      {found.entries.length > 0 && sorted.length === 0 && <p>{i18n._("Nothing of that sort.")}</p>}
      {found.entries.length === 0 && <p>{i18n._("Nothing yet. What happens with this customer stands here for good.")}</p>}
      <ol className={css.trail}>
        {(all ? sorted : sorted.slice(0, SOME)).map((entry) => (
          <li key={entry.id}>
            <p className={css.noteText}>
              <LongText text={text(entry)} />
            </p>
            <p className={css.by}>
              {nameOf(entry.done_by)} · {sayInstant(entry.at, now, person.organisation.timezone)}
            </p>
          </li>
        ))}
      </ol>
      {!all && sorted.length > SOME && (
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            setAll(true);
          }}
        >
          {i18n._("Show all {n}", { n: sorted.length })}
        </Button>
      )}
    </Block>
  );
}
