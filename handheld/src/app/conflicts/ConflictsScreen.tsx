import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { sidesOf, sorted, type Conflict } from "./conflict";

/** Customers whom two colleagues have: what is open first. */
export function ConflictsScreen() {
  const found = useLive(
    async (read) => ({ rows: await read.all("lead_conflicts"), names: new Map((await read.all("customers")).map((each) => [each.id, each.name])) }),
    [],
  );
  return (
    <Screen title={i18n._("Lead conflicts")} back="/customers">
      {found && (
        <Block>
          {found.rows.length === 0 && (
            <Empty title={i18n._("No lead conflicts")}>{i18n._("When a colleague has a customer of yours too, it comes here by itself.")}</Empty>
          )}
          {sorted(found.rows).map((each) => (
            <ConflictRow key={each.id} row={each} names={found.names} />
          ))}
        </Block>
      )}
    </Screen>
  );
}

function ConflictRow({ row, names }: { readonly row: Conflict; readonly names: ReadonlyMap<string, string> }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const now = useNow();
  const sides = sidesOf(row);
  const name = sides.map((side) => names.get(side.customer)).find((each) => each !== undefined);
  return (
    <Row
      to={`/customers/conflicts/${row.id}`}
      title={name ?? i18n._("A colleague's customer")}
      sub={[sides.map((side) => nameFor(side.owner)).join(" / "), sayInstant(row.created_at, now, person.organisation.timezone)].join(" · ")}
      right={row.state === "open" ? <Tag tone="warn">{i18n._("Open")}</Tag> : <Tag>{row.state === "ruled" ? i18n._("Ruled") : i18n._("Over")}</Tag>}
    />
  );
}
