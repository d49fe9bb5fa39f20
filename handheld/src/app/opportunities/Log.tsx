import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import css from "../customers/customers.module.css";
import { Block } from "../parts/Block";
import { Tag } from "../parts/Tag";
import type { Contact, Opportunity } from "../rows/opportunities";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayEvent } from "../words/timeline";
import { sayInstant } from "../words/times";
import { useStageName } from "./useFunnel";

interface Line {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly text: string;
  readonly unsent: boolean;
}

/** What was done about it, newest first: its lines of the customer's timeline, and contacts that are not sent yet. */
export function Log({ opportunity, contacts }: { readonly opportunity: Opportunity; readonly contacts: readonly Contact[] }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const stageName = useStageName();
  const entries = useLive((read) => read.where("timeline", "subject_id", opportunity.id), [opportunity.id]);
  if (!entries) return null;
  const waiting = contacts.filter((each) => each.unsent);
  const lines: Line[] = [
    ...entries.map((each) => ({ id: each.id, at: each.at, by: each.done_by, text: sayEvent(each, nameOf, undefined, stageName), unsent: false })),
    ...waiting.map((each) => ({ id: each.id, at: each.contacted_at, by: person.user.id, text: each.text, unsent: true })),
  ].sort((one, other) => other.at - one.at || (one.id > other.id ? -1 : 1));
  return (
    <Block title={i18n._("What was done")}>
      {lines.length === 0 && <p>{i18n._("Nothing yet. Each stage and each contact stands here for good.")}</p>}
      <ol className={css.trail}>
        {lines.map((line) => (
          <li key={line.id}>
            <p className={css.noteText}>{line.text}</p>
            <div className={css.by}>
              <span>
                {nameOf(line.by)} · {sayInstant(line.at, now, person.organisation.timezone)}
              </span>
              {line.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
            </div>
          </li>
        ))}
      </ol>
    </Block>
  );
}
