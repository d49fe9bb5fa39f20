import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { TextLink } from "../parts/Block";
import Button from "../parts/Button";
import { useSnack } from "../parts/snack";
import { stateOf, type Visit } from "../rows/visits";
import { useToday } from "../words/now";
import { makeOpportunity } from "./from_visit";

/** One tap makes an opportunity of a finished visit, filled in from it; a second visit to this place leads to what was made. */
export function FromVisit({ visit }: { readonly visit: Visit }) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const today = useToday();
  const customer = visit.customer_id ?? null;
  const made = useLive((read) => read.where("opportunities", "visit_id", visit.id), [visit.id]);
  const known = made?.[0];
  if (customer === null || stateOf(visit) !== "done" || !made) return null;
  if (known) return <TextLink to={`/opportunities/${known.id}`}>{i18n._("Open the opportunity it became")}</TextLink>;
  const make = async () => {
    const id = await workspace.act((group) => makeOpportunity(group, visit, customer, today));
    say(i18n._("It is an opportunity now. Add amount and stage."));
    navigate(`/opportunities/${id}`);
  };
  return (
    <Button color="primary" fill="outline" size="large" block onClick={() => void make()}>
      {i18n._("Make an opportunity of it")}
    </Button>
  );
}
