import { useState } from "react";
import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import { Tag } from "../parts/Tag";
import type { FollowUp } from "../rows/follow_ups";
import { daysBetween, sayDay } from "../words/times";
import { FollowUpSheet } from "./FollowUpSheet";

/** One thing to follow up; a tap opens what can be done about it. */
export function FollowUpRow({ followUp, today, named = true }: { readonly followUp: FollowUp; readonly today: string; readonly named?: boolean }) {
  const [open, setOpen] = useState(false);
  const overdue = daysBetween(followUp.due_on, today);
  return (
    <>
      <Row
        title={named ? followUp.customer_name : followUp.text}
        sub={named ? followUp.text : sayDay(followUp.due_on, today)}
        right={
          <>
            {overdue > 0 && <Tag tone="bad">{i18n._("{n, plural, one {# day over} other {# days over}}", { n: overdue })}</Tag>}
            {followUp.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
          </>
        }
        onTap={() => {
          setOpen(true);
        }}
      />
      {open && (
        <FollowUpSheet
          followUp={followUp}
          today={today}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
