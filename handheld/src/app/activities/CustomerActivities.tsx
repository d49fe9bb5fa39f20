import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import Button from "../parts/Button";
import { LongText } from "../parts/LongText";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { sayChoice } from "../words/choices";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { LogSheet } from "./LogSheet";
import { channels } from "./words";

/** How many are listed before “show all”. */
const SOME = 3;

/** Calls and other contacts with a customer, latest first, and logging another. */
export function CustomerActivities({ customer, logging, onLogging }: { readonly customer: string; readonly logging: boolean; readonly onLogging: (open: boolean) => void }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const [all, setAll] = useState(false);
  const rows = useLive((read) => read.where("activities", "customer_id", customer), [customer]);
  const sorted = [...(rows ?? [])].sort((one, other) => other.at - one.at);
  return (
    <Block
      title={i18n._("Calls and contacts")}
      right={
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            onLogging(true);
          }}
        >
          {i18n._("Log")}
        </Button>
      }
    >
      {rows && sorted.length === 0 && <p>{i18n._("Nothing logged yet. A call counts as much as a visit.")}</p>}
      {(all ? sorted : sorted.slice(0, SOME)).map((each) => (
        <Row
          key={each.id}
          title={<LongText text={each.text} />}
          sub={[sayChoice(channels(), each.channel), nameOf((each.author_id as string | undefined) ?? person.user.id), sayInstant(each.at, now, person.organisation.timezone)].join(" · ")}
          right={each.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        />
      ))}
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
      {logging && (
        <LogSheet
          customer={customer}
          onClose={() => {
            onLogging(false);
          }}
        />
      )}
    </Block>
  );
}
