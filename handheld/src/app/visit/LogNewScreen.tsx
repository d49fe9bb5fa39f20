import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { PLAN_FORM, type PlanForm } from "../today/plan_form";
import type { Aim } from "./log_form";
import { VisitLog } from "./VisitLog";

/** The log of a visit that is over and that nobody had planned. Whom it was about was said before (AddVisitScreen). */
export function LogNewScreen() {
  const { drafts } = useWorkspace();
  const found = useLive(async (read) => ({ plan: (await read.draft(PLAN_FORM)) as PlanForm | undefined }), []);
  if (!found) return <Screen title={i18n._("Visit")} back="/visits/new">{null}</Screen>;
  const { plan } = found;
  if (!plan || (plan.customer_id === null && plan.name.trim() === "")) {
    return (
      <Screen title={i18n._("Visit")} back="/visits/new">
        <Block>
          <Empty title={i18n._("Whom did you visit?")}>{i18n._("Go back and choose a customer or a place first.")}</Empty>
        </Block>
      </Screen>
    );
  }
  const aim: Aim = { customer_id: plan.customer_id, name: plan.name.trim() };
  return <VisitLog visit={null} aim={aim} onFinished={() => void drafts.drop(PLAN_FORM)} />;
}
