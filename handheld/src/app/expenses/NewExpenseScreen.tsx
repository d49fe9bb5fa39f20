import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { readMine, stateOf, type Claim } from "../rows/expenses";
import type { Named } from "../shell/routes";
import { LineEditor } from "./LineEditor";

const NEW = "new";
const NONE = { claim: null };
/** Of drafts; there is seldom more than one. */
const OFFERED = 3;

/** A new expense: into the claim that is named, else into the draft begun last, else into a new claim. */
export function NewExpenseScreen({ named }: { readonly named: Named }) {
  const { person } = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const { claim: given } = named;
  const choice = useDraft<{ readonly claim: string | null }>("expense:into", NONE);
  const drafts = useLive(
    async (read) => (await readMine(read, person.user.id)).map((each) => each.claim).filter((claim) => stateOf(claim) === "draft"),
    [],
  );
  if (!drafts || !choice.value) return <Screen title={i18n._("New expense")} back="/expenses">{null}</Screen>;
  const into = given ?? chosenOf(choice.value.claim, drafts) ?? drafts[0]?.id ?? NEW;
  return (
    <LineEditor
      title={i18n._("New expense")}
      back={given === undefined ? "/expenses" : `/expenses/${given}`}
      claim={into === NEW ? null : into}
      draft={`expense:${given ?? "new"}`}
      line={null}
      faults={{}}
      onSaved={(claim) => {
        choice.drop();
        say(i18n._("Saved. Submit the claim when it is complete."));
        navigate(`/expenses/${claim}`);
      }}
    >
      {given === undefined && drafts.length > 0 && (
        <Block>
          <Chips
            label={i18n._("Goes into")}
            required
            choices={[...drafts.slice(0, OFFERED).map(({ id, title }) => ({ value: id, text: title })), { value: NEW, text: i18n._("A new claim") }]}
            value={into}
            onChange={(claim) => {
              choice.set({ claim });
            }}
          />
        </Block>
      )}
    </LineEditor>
  );
}

/** What was chosen, unless that claim has been submitted meanwhile. */
const chosenOf = (chosen: string | null, drafts: readonly Claim[]): string | null =>
  chosen === NEW || drafts.some((each) => each.id === chosen) ? chosen : null;
