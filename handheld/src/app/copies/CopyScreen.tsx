import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { linesOf, type Copy } from "../rows/copies";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { useToday } from "../words/now";
import { clockOf, sayDay } from "../words/times";

/** A colleague's visit, plan or task, as it was shown to whoever looks. */
export function CopyScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const found = useLive(async (read) => ({ copy: await read.get("copies", id) }), [id]);
  if (!found) return <Screen title={i18n._("From a colleague")} back="/inbox">{null}</Screen>;
  if (!found.copy) {
    return (
      <Screen title={i18n._("From a colleague")} back="/inbox">
        <Block>
          <Empty title={i18n._("This is shown to you no more")}>{i18n._("Your colleague has changed whom it is for.")}</Empty>
        </Block>
      </Screen>
    );
  }
  return <Opened copy={found.copy} />;
}

function Opened({ copy }: { readonly copy: Copy }) {
  const { person } = useWorkspace();
  const today = useToday();
  const nameOf = useNames();
  const zone = person.organisation.timezone;
  const title = copy.plan_id !== null ? i18n._("Day plan") : copy.task_id !== null ? i18n._("Task") : i18n._("Visit together");
  return (
    <Screen title={title} back={copy.visit_id === null ? "/inbox" : "/"} isText>
      {copy.state === "cancelled" && <Note tone="warn">{i18n._("Called off: nothing is to be done any more.")}</Note>}
      {copy.state === "done" && <Note tone="good">{i18n._("Done")}</Note>}
      <Block title={copy.customer_name ?? copy.place ?? sayDay(copy.day_on, today)}>
        <Facts>
          <Fact name={i18n._("Colleague")}>{nameOf(copy.from_id)}</Fact>
          <Fact name={copy.task_id === null ? i18n._("Day") : i18n._("Due")}>
            {[sayDay(copy.day_on, today), copy.start_at !== null && clockOf(copy.start_at, zone)].filter(Boolean).join(" ")}
          </Fact>
          {copy.place !== null && copy.customer_name !== null && <Fact name={i18n._("Place")}>{copy.place}</Fact>}
          {copy.text !== null && <Fact name={copy.visit_id === null ? i18n._("Text") : i18n._("Purpose")}>{copy.text}</Fact>}
        </Facts>
      </Block>
      {copy.plan_id !== null && (
        <Block title={i18n._("Visits")}>
          {linesOf(copy).length === 0 && <p>{i18n._("No visits on this day")}</p>}
          {linesOf(copy).map((line) => (
            <Row
              key={line.id}
              title={line.customer_name ?? line.place ?? i18n._("a customer")}
              sub={[line.start_at !== null && clockOf(line.start_at, zone), line.text].filter(Boolean).join(" · ")}
            />
          ))}
        </Block>
      )}
    </Screen>
  );
}
