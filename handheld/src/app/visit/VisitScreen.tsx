import { useEffect } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { stateOf } from "../rows/visits";
import type { Named } from "../shell/routes";
import { TeamVisitScreen } from "../team/TeamVisitScreen";
import { nameOf } from "../today/VisitCard";
import { resumeCheckIn } from "./check_in";
import { VisitDone } from "./VisitDone";
import { VisitLog } from "./VisitLog";

/** One visit: to be logged while it is planned or under way, to be read afterwards; a colleague's as his leader reads it. */
export function VisitScreen({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const workspace = useWorkspace();
  const found = useLive(async (read) => ({ visit: await read.get("visits", id) }), [id]);
  const visit = found?.visit;
  useEffect(() => {
    if (visit) void resumeCheckIn(workspace, visit);
  }, [workspace, visit]);
  if (!found) return <Screen title={i18n._("Visit")} back="/">{null}</Screen>;
  if (!visit) {
    return (
      <Screen title={i18n._("Visit")} back="/">
        <Block>
          <Empty title={i18n._("This visit is not on this device")}>
            {i18n._("It may have been handed to a colleague, or it has not arrived yet.")}
          </Empty>
        </Block>
      </Screen>
    );
  }
  const state = stateOf(visit);
  const me = workspace.person.user.id;
  const isMine = ((visit.assignee_id as string | undefined) ?? me) === me;
  // Who began it finishes it, whoever has got the customer meanwhile.
  if (!isMine && !(visit.author_id === me && state === "in_progress")) return <TeamVisitScreen named={{ visit: id }} />;
  if (state === "planned" || state === "in_progress") {
    return <VisitLog key={id} visit={visit} aim={{ customer_id: visit.customer_id ?? null, name: nameOf(visit) }} />;
  }
  return <VisitDone visit={visit} />;
}
