import Button from "../parts/Button";
import { useState } from "react";
import { Link } from "wouter";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useMay } from "../rights/useRights";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayProblem } from "../words/problems";
import { clockOf, dayOf } from "../words/times";
import css from "./arrivals.module.css";

type Arrival = Shown<"arrivals">;

/** Who has come to a sales centre and waits there, the longest waiting first; below, who was looked after today. */
export function ArrivalsScreen() {
  const { person } = useWorkspace();
  const now = useNow();
  const zone = person.organisation.timezone;
  const found = useLive(async (read) => ({ arrivals: await read.all("arrivals"), centres: await read.all("sales_centres") }), []);
  const today = dayOf(now, zone);
  const ofToday = (found?.arrivals ?? []).filter((each) => dayOf(each.arrived_at, zone) === today);
  const waiting = ofToday.filter((each) => each.state === "waiting").sort((one, other) => one.arrived_at - other.arrived_at);
  const seen = ofToday.filter((each) => each.state !== "waiting").sort((one, other) => other.arrived_at - one.arrived_at);
  const centre = (id: string) => found?.centres.find((each) => each.id === id)?.name ?? "";
  return (
    <Screen title={i18n._("Arrivals")}>
      {found && waiting.length === 0 && (
        <Block>
          <Empty title={i18n._("Nobody is waiting")}>{i18n._("Whoever shows a member card at a kiosk appears here.")}</Empty>
        </Block>
      )}
      {waiting.map((each) => (
        <Waiting key={each.id} arrival={each} centre={centre(each.sales_centre_id)} />
      ))}
      {seen.length > 0 && (
        <Block title={i18n._("Today")}>
          <ul className={css.seen}>
            {seen.map((each) => (
              <li key={each.id}>
                <span>
                  {clockOf(each.arrived_at, zone)} {each.customer_name}
                </span>
                <Tag tone={each.state === "served" ? "good" : "plain"}>{each.state === "served" ? i18n._("Looked after") : i18n._("Has left")}</Tag>
              </li>
            ))}
          </ul>
        </Block>
      )}
    </Screen>
  );
}

function Waiting({ arrival, centre }: { readonly arrival: Arrival; readonly centre: string }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameFor = useNames();
  const mayServe = useMay("reception.serve");
  const mayOpen = useMay("customers.read");
  const { busy, refused, handle } = useHandling(arrival.id);
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
      {refused !== null && <Note tone="bad">{refused}</Note>}
      {mayServe && (
        <div className={css.deeds}>
          <Button color="primary" size="large" loading={busy} onClick={() => void handle("serve")}>
            {i18n._("I look after him")}
          </Button>
          <Button size="large" disabled={busy} onClick={() => void handle("leave")}>
            {i18n._("Has left")}
          </Button>
        </div>
      )}
      {mayOpen && <Link href={`/customers/${arrival.customer_id}`}>{i18n._("Open the customer")}</Link>}
    </Block>
  );
}

/** Minutes after which somebody has waited too long. */
const LONG = 10;

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

/** The list is shared by all who stand at the door, so it is only changed where they all see it at once. */
function useHandling(id: string) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const handle = async (action: "serve" | "leave") => {
    setBusy(true);
    const told = await workspace.ask("POST", `/api/v1/arrivals/${id}/${action}`);
    if (told.offline) setRefused(i18n._("There is no network. Colleagues could not see it, so nothing was changed."));
    else if (told.code !== null) setRefused(sayProblem(told.code));
    else {
      setRefused(null);
      say(action === "serve" ? i18n._("Colleagues see that you look after him.") : i18n._("Taken off the list."));
      await workspace.sync.now();
    }
    setBusy(false);
  };
  return { busy, refused, handle };
}
