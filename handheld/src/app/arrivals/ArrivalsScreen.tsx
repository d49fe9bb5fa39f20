import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { discard } from "../mend/items";
import { Block, Empty, Note, TextLink } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useMay } from "../rights/useRights";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayProblem } from "../words/problems";
import { clockOf, dayOf } from "../words/times";
import css from "./arrivals.module.css";
import { readArrivals, type Arrival, type Come, type Handling } from "./standing";

/** Who has come to a sales centre and waits there, the longest waiting first; below, who was looked after today. */
export function ArrivalsScreen() {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const today = dayOf(useNow(), zone);
  const found = useLive(async (read) => ({ come: await readArrivals(read), centres: await read.all("sales_centres") }), []);
  const ofToday = (found?.come ?? []).filter(({ arrival }) => dayOf(arrival.arrived_at, zone) === today);
  const waiting = ofToday
    .filter(({ arrival }) => arrival.state === "waiting")
    .sort((one, other) => one.arrival.arrived_at - other.arrival.arrived_at);
  const seen = ofToday
    .filter(({ arrival }) => arrival.state !== "waiting")
    .sort((one, other) => other.arrival.arrived_at - one.arrival.arrived_at);
  const centre = (id: string) => found?.centres.find((each) => each.id === id)?.name ?? "";
  return (
    <Screen title={i18n._("Arrivals")}>
      {found?.come.map((each) => each.refused && <Refused key={each.arrival.id} arrival={each.arrival} refused={each.refused} />)}
      {found && waiting.length === 0 && (
        <Block>
          <Empty title={i18n._("Nobody is waiting")}>{i18n._("Whoever shows a member card at a kiosk appears here.")}</Empty>
        </Block>
      )}
      {waiting.map((each) => (
        <Waiting key={each.arrival.id} come={each} centre={centre(each.arrival.sales_centre_id)} />
      ))}
      {seen.length > 0 && (
        <Block title={i18n._("Today")}>
          <ul className={css.seen}>
            {seen.map(({ arrival }) => (
              <li key={arrival.id}>
                <Seen arrival={arrival} />
              </li>
            ))}
          </ul>
        </Block>
      )}
    </Screen>
  );
}

function Seen({ arrival }: { readonly arrival: Arrival }) {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const served = arrival.state === "served";
  return (
    <>
      <span>
        {clockOf(arrival.arrived_at, person.organisation.timezone)} {arrival.customer_name}
        {arrival.handled_by !== null && <span className={css.by}>{nameFor(arrival.handled_by)}</span>}
      </span>
      <Tag tone={served ? "good" : "plain"}>{served ? i18n._("Looked after") : i18n._("Has left")}</Tag>
    </>
  );
}

function Waiting({ come: { arrival, wish }, centre }: { readonly come: Come; readonly centre: string }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameFor = useNames();
  const mayServe = useMay("reception.serve");
  const mayOpen = useMay("customers.read");
  const minutes = Math.max(0, Math.floor((now - arrival.arrived_at) / 60_000));
  return (
    <Block
      title={arrival.customer_name}
      right={<Tag tone={minutes >= LONG ? "bad" : "brand"}>{i18n._("{n, plural, one {# minute} other {# minutes}}", { n: minutes })}</Tag>}
    >
      <p>
        {[
          i18n._("since {when}", { when: clockOf(arrival.arrived_at, person.organisation.timezone) }),
          centre,
          arrival.via === "registration" ? i18n._("First visit") : null,
          i18n._("Salesperson: {name}", { name: nameFor(arrival.owner_id) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <span className={css.tags}>
        {arrival.tier !== null && <Tag>{sayTier(arrival.tier)}</Tag>}
        {!arrival.is_proved && <Tag tone="warn">{i18n._("Card not proved")}</Tag>}
        {arrival.is_late && <Tag tone="warn">{i18n._("Told late")}</Tag>}
      </span>
      {wish !== null && (
        <Note tone="warn">
          {i18n._("{wish}: waiting to be confirmed. Colleagues do not see it yet.", { wish: sayWish(wish) })}
        </Note>
      )}
      {mayServe && wish === null && <Deeds arrival={arrival} />}
      {mayOpen && <TextLink to={`/customers/${arrival.customer_id}`}>{i18n._("Open the customer")}</TextLink>}
    </Block>
  );
}

/** Minutes after which somebody has waited too long. */
const LONG = 10;

/** The list is shared by all who stand at the door: the row stays as it is until the server has said who was first. */
function Deeds({ arrival }: { readonly arrival: Arrival }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const handle = (handling: Handling) => async () => {
    await workspace.act((group) => {
      group.act("arrivals", handling, arrival.id, {}, {});
    });
    say(i18n._("Kept. Waiting to be confirmed."));
  };
  const [serve, leave] = [handle("serve"), handle("leave")];
  return (
    <div className={css.deeds}>
      <Button color="primary" size="large" onClick={() => void serve()}>
        {sayHandling("serve")}
      </Button>
      <Button size="large" onClick={() => void leave()}>
        {sayHandling("leave")}
      </Button>
    </div>
  );
}

function Refused({ arrival, refused: { handling, trouble } }: { readonly arrival: Arrival; readonly refused: NonNullable<Come["refused"]> }) {
  const workspace = useWorkspace();
  return (
    <Note tone="bad">
      {i18n._("{name}: “{answer}” was not taken.", { name: arrival.customer_name, answer: sayHandling(handling) })}{" "}
      {sayProblem(trouble.code, trouble.params)}
      <div className={css.known}>
        <Button fill="outline" onClick={() => void discard(workspace, trouble)}>
          {i18n._("I have seen it")}
        </Button>
      </div>
    </Note>
  );
}

function sayHandling(handling: Handling): string {
  return handling === "serve" ? i18n._("I look after them") : i18n._("Has left");
}

function sayWish(handling: Handling): string {
  return handling === "serve" ? i18n._("You want to look after them") : i18n._("You say that they have left");
}

function sayTier(tier: NonNullable<Arrival["tier"]>): string {
  switch (tier) {
    case "standard":
      return i18n._("Member");
    case "silver":
      return i18n._("Silver member");
    case "gold":
      return i18n._("Gold member");
    case "platinum":
      return i18n._("Platinum member");
  }
}
