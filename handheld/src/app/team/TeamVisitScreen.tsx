import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Attachments } from "../attachments/Attachments";
import { Block, Empty, Note, TextLink } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { standingOf } from "../rows/visits";
import { useMay } from "../rights/useRights";
import type { Named } from "../shell/routes";
import { nameOf } from "../today/VisitCard";
import { VisitComments } from "../comments/Comments";
import { VisitFacts } from "../visit/VisitFacts";
import { sayStanding } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { sayDayWithin } from "../words/times";
import { ArrangeSheet } from "./ArrangeSheet";
import { complete } from "./team";

/** A colleague's visit: plan, event and what is known of the place; moved or given to somebody else while it has not begun. */
export function TeamVisitScreen({ named }: { readonly named: Named }) {
  const { day, person: who, visit: id = "" } = named;
  const { person } = useWorkspace();
  const [now, today] = [useNow(), useToday()];
  const nameFor = useNames();
  const mayArrange = useMay("fieldwork.assign");
  const [arranging, setArranging] = useState(false);
  const found = useLive(async (read) => ({ visit: await read.get("visits", id) }), [id]);
  const leads = useMay("insight.board");
  const [shownDay, shownPerson] = [day ?? found?.visit?.day_on, who ?? found?.visit?.assignee_id];
  const back = leads && shownDay && shownPerson ? `/team/${shownDay}/${shownPerson}` : "/";
  if (!found) return <Screen title={i18n._("Visit")} back={back}>{null}</Screen>;
  if (!found.visit) {
    return (
      <Screen title={i18n._("Visit")} back={back}>
        <Empty title={i18n._("This visit is not on this device")}>{i18n._("It may belong to another team by now.")}</Empty>
      </Screen>
    );
  }
  const visit = complete(found.visit, person.user.id);
  const { text, tone } = sayStanding(standingOf(visit, now, person.organisation.timezone));
  const canArrange = mayArrange && visit.state === "planned";
  return (
    <Screen
      title={nameOf(visit)}
      back={back}
      foot={
        canArrange ? (
          <Button
            size="large"
            block
            color="primary"
            onClick={() => {
              setArranging(true);
            }}
          >
            {i18n._("Move or give to somebody else")}
          </Button>
        ) : undefined
      }
    >
      {visit.unsent && <Note tone="warn">{i18n._("Changed on this device: waiting to be confirmed.")}</Note>}
      <Block title={nameFor(visit.assignee_id)} right={<Tag tone={tone}>{text}</Tag>}>
        <p>{visit.planned_on === null ? i18n._("Not planned for any day") : i18n._("Planned for {day}", { day: sayDayWithin(visit.planned_on, today) })}</p>
      </Block>
      <VisitFacts visit={visit} />
      {visit.customer_id !== null && <Attachments customer={visit.customer_id} about={{ collection: "visits", id: visit.id }} />}
      <VisitComments visit={visit.id} />
      {visit.customer_id !== null && <TextLink to={`/customers/${visit.customer_id}`}>{i18n._("Open the customer")}</TextLink>}
      {arranging && (
        <ArrangeSheet
          visit={visit}
          onClose={() => {
            setArranging(false);
          }}
        />
      )}
    </Screen>
  );
}
