import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Empty, Note } from "../parts/Block";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import type { Answer } from "./kept_answer";

/** How old an answer of the office is, when it is not of now. */
export function Standing({ answer: { kept, standing } }: { readonly answer: Answer }) {
  const { person } = useWorkspace();
  const now = useNow();
  if (standing !== "offline") return null;
  if (kept) {
    return (
      <Note tone="warn">
        {i18n._("No connection to the office. As of {when}.", { when: sayInstant(kept.at, now, person.organisation.timezone) })}
      </Note>
    );
  }
  return (
    <Block>
      <Empty title={i18n._("No connection to the office")}>{i18n._("The office counts these numbers. They are kept here once they were shown.")}</Empty>
    </Block>
  );
}
