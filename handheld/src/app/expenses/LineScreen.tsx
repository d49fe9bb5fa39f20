import Button from "../parts/Button";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Empty } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { isInHand, isMine, readWhole, spentOf, stateOf, type ExpenseLine } from "../rows/expenses";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { faultsOfClaim } from "./evidence";
import { LineEditor } from "./LineEditor";
import { Likes } from "./Likes";
import { LineFacts } from "./LineFacts";

/** One expense of a claim: to be changed while the claim is in its owner's hand, else to be read. */
export function LineScreen({ named }: { readonly named: Named }) {
  const { claim: claimId = "", line: lineId = "" } = named;
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const today = useToday();
  const nameFor = useNames();
  const whole = useLive((read) => readWhole(read, claimId), [claimId]);
  if (whole === undefined) return null;
  const back = `/expenses/${claimId}`;
  const line = whole?.lines.find((each) => each.id === lineId);
  if (!whole || !line) {
    return (
      <Screen title={i18n._("Expense")} back={back}>
        <Empty title={i18n._("This expense is not there any more")} />
      </Screen>
    );
  }
  const mine = isMine(whole.claim, workspace.person.user.id);
  if (!isInHand(stateOf(whole.claim)) || !mine) {
    return (
      <Screen title={mine ? i18n._("Expense") : i18n._("Expense of {name}", { name: nameFor(whole.claim.owner_id) })} back={back}>
        <LineFacts line={line} />
      </Screen>
    );
  }
  const faults = faultsOfClaim(whole.lines.map((each) => spentOf(each, whole.visits)), today).filter((each) => each.line === lineId);
  const remove = async () => {
    await workspace.act((group) => {
      group.delete("expense_lines", line.id);
    }, { draft: `expense:${line.id}` });
    say(i18n._("Expense removed."), () => void putBack(workspace, line));
    navigate(back);
  };
  return (
    <LineEditor
      title={i18n._("Expense")}
      back={back}
      claim={claimId}
      draft={`expense:${line.id}`}
      line={line}
      faults={Object.fromEntries(faults.map((each) => [each.field, sayProblem(each.code, each.params)]))}
      onSaved={() => {
        navigate(back);
      }}
    >
      {Array.isArray(line.flags) && line.flags.length > 0 && <Likes line={line} told={undefined} />}
      <Button fill="outline" color="danger" onClick={() => void remove()}>
        {i18n._("Remove this expense")}
      </Button>
    </LineEditor>
  );
}

/** A row that was taken away does not come back; the same expense is entered again. */
function putBack(workspace: ReturnType<typeof useWorkspace>, line: ExpenseLine): Promise<string> {
  const { claim_id, kind, amount_minor, spent_on } = line;
  return workspace.act((group) =>
    group.create("expense_lines", {
      claim_id, kind, amount_minor, spent_on,
      customer_id: line.customer_id ?? null,
      visit_id: line.visit_id ?? null,
      description: line.description ?? null,
      progress: line.progress ?? null,
      key_value: line.key_value ?? null,
      receipt_sha256: line.receipt_sha256 ?? null,
    }),
  );
}
