import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { useSnack } from "../parts/snack";
import { readMine, stateOf } from "../rows/expenses";
import type { Named } from "../shell/routes";
import { LineEditor } from "./LineEditor";

/** A new expense: into the claim that is named, else into the draft begun last, else into a new claim. */
export function NewExpenseScreen({ named }: { readonly named: Named }) {
  const { person } = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const { claim: given } = named;
  const target = useLive(
    async (read) => {
      if (given !== undefined) return { claim: given };
      const mine = await readMine(read, person.user.id);
      return { claim: mine.find((each) => stateOf(each.claim) === "draft")?.claim.id ?? null };
    },
    [given ?? null],
  );
  if (!target) return null;
  return (
    <LineEditor
      title={i18n._("New expense")}
      back={given === undefined ? "/expenses" : `/expenses/${given}`}
      claim={target.claim}
      line={null}
      faults={{}}
      onSaved={(claim) => {
        say(i18n._("Saved. Submit the claim when it is complete."));
        navigate(`/expenses/${claim}`);
      }}
    />
  );
}
