import type { ReactNode } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { LongText } from "../parts/LongText";
import { Tag } from "../parts/Tag";
import { peopleOf } from "../people/list";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./comments.module.css";
import { marked } from "./mentions";

/** What somebody said: of a note, a visit, a report. One that was written here has only what was typed until the server's is there. */
export interface Remark {
  readonly id: string;
  readonly text: string;
  readonly written_by?: string;
  readonly written_at?: number;
  readonly mentions?: string | null;
  readonly untold?: string | null;
  readonly unsent: boolean;
}

/** A text with those whom it names, who said it and when. children: what can be done with it. */
export function Said({ remark, children }: { readonly remark: Remark; readonly children?: ReactNode }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const named = peopleOf(remark.mentions).map((id) => ({ id, name: id === person.user.id ? person.user.name : nameOf(id) }));
  const strangers = peopleOf(remark.untold);
  return (
    <>
      <p className={css.text}>
        <LongText text={remark.text}>
          {marked(remark.text, named).map((each, place) => (each.isName ? <strong key={place}>{each.text}</strong> : each.text))}
        </LongText>
      </p>
      {strangers.length > 0 && (
        <p className={css.untold}>{i18n._("Not told, for this is not theirs to see: {names}", { names: strangers.map(nameOf).join(" · ") })}</p>
      )}
      <div className={css.by}>
        <span>
          {nameOf(remark.written_by ?? person.user.id)}
          {remark.written_at !== undefined && ` · ${sayInstant(remark.written_at, now, person.organisation.timezone)}`}
        </span>
        {remark.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        {children}
      </div>
    </>
  );
}
