import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Note, TextLink } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Attachments } from "../attachments/Attachments";
import { FromVisit } from "../opportunities/FromVisit";
import type { Visit } from "../rows/visits";
import { nameOf } from "../today/VisitCard";
import { Asking } from "../questions/Asking";
import { reopen } from "./PlanActions";
import { VisitComments } from "../comments/Comments";
import { CustomerPlace } from "./CustomerPlace";
import { VisitFacts } from "./VisitFacts";

/** A visit that is over: plan and what came of it, side by side. */
export function VisitDone({ visit }: { readonly visit: Visit }) {
  const workspace = useWorkspace();
  return (
    <Screen title={nameOf(visit)} back="/">
      {visit.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      <VisitFacts visit={visit}>
        <Button fill="outline" onClick={() => void reopen(workspace, visit.id)}>
          {i18n._("It takes place after all")}
        </Button>
      </VisitFacts>
      <FromVisit visit={visit} />
      <CustomerPlace visit={visit} />
      {visit.customer_id && <Attachments customer={visit.customer_id} about={{ collection: "visits", id: visit.id }} />}
      <VisitComments visit={visit.id} />
      {visit.customer_id && <Asking customer={visit.customer_id} visit={visit.id} />}
      {visit.customer_id !== null && visit.customer_id !== undefined && (
        <TextLink to={`/customers/${visit.customer_id}`}>{i18n._("Open the customer")}</TextLink>
      )}
    </Screen>
  );
}
