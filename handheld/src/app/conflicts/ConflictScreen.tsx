import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, Row, TextLink } from "../parts/Block";
import Button from "../parts/Button";
import { Screen } from "../parts/Screen";
import { useMay } from "../rights/useRights";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { mergeOf, sayBecause, sayEnd, sidesOf, type Conflict, type Side } from "./conflict";
import { DismissSheet, RuleSheet } from "./RuleSheet";

const BACK = "/customers/conflicts";

/** Both sides of a lead conflict, who was first as far as clocks can say, and the ruling. */
export function ConflictScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const found = useLive(async (read) => {
    const row = await read.get("lead_conflicts", id);
    const ids = row ? [row.first_id, row.second_id] : [];
    const customers = await Promise.all(ids.map((each) => read.get("customers", each)));
    return { row, names: new Map(customers.filter((each) => each !== undefined).map((each) => [each.id, each.name])) };
  }, [id]);
  if (!found) return <Screen title={i18n._("Lead conflict")} back={BACK}>{null}</Screen>;
  if (!found.row) {
    return (
      <Screen title={i18n._("Lead conflict")} back={BACK}>
        <Block>
          <Empty title={i18n._("This lead conflict is not on this device")}>{i18n._("It may be over, or both customers went to others.")}</Empty>
        </Block>
      </Screen>
    );
  }
  return <Opened row={found.row} names={found.names} />;
}

function Opened({ row, names }: { readonly row: Conflict; readonly names: ReadonlyMap<string, string> }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const sides = sidesOf(row);
  const [asked, setAsked] = useState<"rule" | "dismiss" | null>(null);
  // The server judges; this only leaves out what it would refuse anyway.
  const mayRule = useMay("customers.handover") && names.size === 2 && sides.every((side) => side.owner !== person.user.id);
  // Also after a ruling: then whoever has both keeps one of them, and what was ruled about shares stays.
  const mayMerge = useMay("customers.merge") && (mayRule || (row.state === "ruled" && names.size === 2));
  const end = sayEnd(row, nameFor);
  const close = () => {
    setAsked(null);
  };
  return (
    <Screen
      title={i18n._("Lead conflict")}
      back={BACK}
      foot={
        row.state === "open" && mayRule ? (
          <Button
            color="primary"
            size="large"
            block
            onClick={() => {
              setAsked("rule");
            }}
          >
            {i18n._("Rule whose he is")}
          </Button>
        ) : undefined
      }
    >
      {row.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      {end === null ? <Note tone="brand">{sayBecause(row, nameFor)}</Note> : <Note tone="good">{end}</Note>}
      {row.state === "open" && !mayRule && <p>{i18n._("A supervisor who reaches both customers decides. Go on with yours until then.")}</p>}
      {sides.map((side) => (
        <SideBlock key={side.which} side={side} name={names.get(side.customer)} />
      ))}
      <Block>
        <Facts>
          <Fact name={i18n._("What both have")}>{row.matched === "phone" ? i18n._("The same phone") : i18n._("The same identity number")}</Fact>
          {row.reason && <Fact name={i18n._("Why")}>{row.reason}</Fact>}
          {row.ruled_by && <Fact name={i18n._("Ruled by")}>{nameFor(row.ruled_by)}</Fact>}
        </Facts>
      </Block>
      {row.state === "open" && mayRule && (
        <Button
          fill="outline"
          size="large"
          block
          onClick={() => {
            setAsked("dismiss");
          }}
        >
          {i18n._("Not the same person")}
        </Button>
      )}
      {mayMerge && (row.state === "open" || row.state === "ruled") && (
        <Block>
          <Row title={i18n._("They are one person: make one customer of the two")} to={mergeOf(row)} />
        </Block>
      )}
      {asked === "rule" && <RuleSheet row={row} onClose={close} />}
      {asked === "dismiss" && <DismissSheet row={row} onClose={close} />}
    </Screen>
  );
}

function SideBlock({ side, name }: { readonly side: Side; readonly name: string | undefined }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const now = useNow();
  const say = (at: number) => sayInstant(at, now, person.organisation.timezone);
  const minutes = Math.ceil(side.doubt_ms / 60_000);
  return (
    <Block title={nameFor(side.owner)}>
      <Facts>
        {name !== undefined && <Fact name={i18n._("Customer")}>{name}</Fact>}
        <Fact name={side.was_received ? i18n._("Received, as claimed") : i18n._("Entered, as claimed")}>{say(side.received_at)}</Fact>
        <Fact name={i18n._("By our clock")}>
          {side.fixed_at === null
            ? i18n._("Cannot be said")
            : minutes === 0
              ? say(side.fixed_at)
              : i18n._("{when}, give or take {n, plural, one {# minute} other {# minutes}}", { when: say(side.fixed_at), n: minutes })}
        </Fact>
        <Fact name={i18n._("Arrived at the office")}>{say(side.arrived_at)}</Fact>
      </Facts>
      {name !== undefined && <TextLink to={`/customers/${side.customer}`}>{i18n._("Open the customer")}</TextLink>}
    </Block>
  );
}
