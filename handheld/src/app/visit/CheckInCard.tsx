import EnvironmentOutline from "antd-mobile-icons/es/EnvironmentOutline";
import Button from "../parts/Button";
import type { ReactNode } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { stateOf, type Visit } from "../rows/visits";
import { clockOf } from "../words/times";
import { checkIn, useCheckIn } from "./check_in";
import type { NoFix } from "./position";
import css from "./visit.module.css";

/** From the age at which a fix proves nothing (rule F7). */
const STALE_S = 600;

/** Where and when the visit began, and what the phone really knew about the place. Nothing here stops a visit. */
export function CheckInCard({ visit }: { readonly visit: Visit }) {
  const workspace = useWorkspace();
  const asked = useCheckIn(visit.id);
  const zone = workspace.person.organisation.timezone;
  if (asked?.kind === "asking") {
    return (
      <Card tone="brand" title={i18n._("Checked in at {time}", { time: clockOf(asked.startedAt, zone) })}>
        <p role="status">{i18n._("Asking the phone where you are…")}</p>
        <Button fill="outline" onClick={() => void asked.skip()}>
          {i18n._("Go on without the position")}
        </Button>
      </Card>
    );
  }
  if (stateOf(visit) === "planned") {
    return (
      <Card tone="plain" title={i18n._("Not checked in")}>
        <p>{i18n._("Check in when you arrive. Logging works without it too.")}</p>
        <Button
          color="primary"
          size="large"
          onClick={() => {
            checkIn(workspace, visit);
          }}
        >
          {i18n._("I am here: check in")}
        </Button>
      </Card>
    );
  }
  const began = visit.check_in_at ?? visit.actual_started_at;
  const { tone, text } = asked?.kind === "unplaced" ? { tone: "warn" as const, text: sayNoFix(asked.why) } : sayFix(visit);
  return (
    <Card tone={tone} title={began === null || began === undefined ? i18n._("Started") : i18n._("Checked in at {time}", { time: clockOf(began, zone) })}>
      <p role="status">{text}</p>
    </Card>
  );
}

interface CardProps {
  readonly tone: "plain" | "brand" | "good" | "warn";
  readonly title: string;
  readonly children: ReactNode;
}

function Card({ tone, title, children }: CardProps) {
  return (
    <section className={css.checkIn} data-tone={tone} aria-label={title}>
      <EnvironmentOutline className={css.pin} aria-hidden />
      <div className={css.told}>
        <h2>{title}</h2>
        {children}
      </div>
    </section>
  );
}

/** What is known of the place of a check-in, from its row. */
export function sayFix(visit: Visit): { readonly tone: "good" | "warn"; readonly text: string } {
  const { accuracy_m: accuracy, fix_age_s: age } = visit;
  if ((visit.latitude_e7 ?? null) === null) return { tone: "warn", text: i18n._("Without a position.") };
  if (age === null || age > STALE_S) {
    return {
      tone: "warn",
      text: i18n._("The phone only had an old position ({minutes} minutes old).", { minutes: Math.round((age ?? 0) / 60) }),
    };
  }
  if (accuracy === null) return { tone: "warn", text: i18n._("Position known; the phone did not say how precisely.") };
  return { tone: "good", text: i18n._("Position known to ±{metres} m.", { metres: accuracy }) };
}

export function sayNoFix(why: NoFix): string {
  switch (why) {
    case "denied":
      return i18n._("Without a position: this phone does not let Doorstep see it. You can allow it in the browser's settings.");
    case "unavailable":
      return i18n._("Without a position: the phone could not tell it.");
    case "slow":
      return i18n._("Without a position: the phone did not find it in time.");
    case "insecure":
      return i18n._("Without a position: it is only told to pages opened over https.");
    case "skipped":
      return i18n._("Without a position: you did not wait for it.");
  }
}
