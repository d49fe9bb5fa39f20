import { i18n } from "../../i18n";
import { Empty } from "../parts/Block";
import { useBeside, useHolding } from "../shell/beside";
import { ApprovalScreen } from "./ApprovalScreen";
import own from "./approvals.module.css";
import { openIds, useStandings } from "./useStandings";

/** Beside the requests while none was opened: the first that waits for the person. */
export function FirstWaiting() {
  const asked = useStandings();
  const id = useBeside("approvals", openIds(asked));
  useHolding("approvals", id);
  if (!asked) return null;
  if (id !== undefined) return <ApprovalScreen key={id} named={{ id }} />;
  return (
    <div className={own.beside}>
      <Empty title={i18n._("Nothing waits for you")}>{i18n._("Tap a request to read it again.")}</Empty>
    </div>
  );
}
