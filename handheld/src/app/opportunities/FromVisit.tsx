import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { TextLink } from "../parts/Block";
import Button from "../parts/Button";
import { useSnack } from "../parts/snack";
import { stateOf, type Visit } from "../rows/visits";
import { useToday } from "../words/now";
import { addDays } from "../words/times";

/** How many days ahead the next step stands unless it is changed. */
const AHEAD = 3;
const TITLE_MOST = 120;
const STEP_MOST = 500;

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
    const id = await workspace.act((group) =>
      group.create("opportunities", {
        customer_id: customer,
        visit_id: visit.id,
        title: firstLine(visit.result ?? visit.purpose ?? visit.customer_name ?? i18n._("Opportunity"), TITLE_MOST),
        next_step: (visit.next_step ?? i18n._("Get in touch again")).slice(0, STEP_MOST),
        next_step_on: addDays(today, AHEAD),
      }),
    );
    say(i18n._("It is an opportunity now. Add amount and stage."));
    navigate(`/opportunities/${id}`);
  };
  return (
    <Button color="primary" fill="outline" size="large" block onClick={() => void make()}>
      {i18n._("Make an opportunity of it")}
    </Button>
  );
}

function firstLine(text: string, most: number): string {
  return [...(text.trim().split("\n")[0] ?? "")].slice(0, most).join("");
}
