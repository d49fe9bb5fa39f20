import Button from "../parts/Button";
import { Link, useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Tag } from "../parts/Tag";
import { importanceOf, isLate, isUnplanned, standingOf, type Visit } from "../rows/visits";
import { checkIn, useCheckIn } from "../visit/check_in";
import { outcomes, sayChoice, sayStanding } from "../words/choices";
import { useNow } from "../words/now";
import { clockOf } from "../words/times";
import css from "./today.module.css";

/** Weight from which a visit is marked: high in one of importance and urgency, and not low in the other. */
const WEIGHTY = 6;

/** One visit of the day with what can be done about it now. The name opens it; the buttons act at once. */
export function VisitCard({ visit, isShown }: { readonly visit: Visit; /** It stands beside the list. */ readonly isShown: boolean }) {
  const workspace = useWorkspace();
  const [path, navigate] = useLocation();
  const now = useNow();
  const zone = workspace.person.organisation.timezone;
  const asking = useCheckIn(visit.id)?.kind === "asking";
  const standing = standingOf(visit, now, zone);
  const address = `/visits/${visit.id}`;
  const { text, tone } = sayStanding(standing);
  return (
    <article className={css.card} data-standing={standing} data-chosen={isShown || path === address}>
      <Link href={address} className={css.open}>
        <span className={css.time}>{timesOf(visit, zone)}</span>
        <span className={css.who}>{nameOf(visit)}</span>
        {placeOf(visit) !== null && <span className={css.where}>{placeOf(visit)}</span>}
        <span className={css.tags}>
          <Tag tone={tone}>{text}</Tag>
          {isLate(visit, now, zone) && <Tag tone="warn">{i18n._("Late")}</Tag>}
          {isUnplanned(visit) && <Tag tone="brand">{i18n._("Unplanned")}</Tag>}
          {importanceOf(visit) >= WEIGHTY && standing === "planned" && <Tag tone="bad">{i18n._("Important")}</Tag>}
          {visit.outcome && <Tag>{sayChoice(outcomes(), visit.outcome)}</Tag>}
          {visit.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        </span>
      </Link>
      {standing === "planned" && (
        <div className={css.deeds}>
          <Button
            color="primary"
            size="large"
            loading={asking}
            onClick={() => {
              checkIn(workspace, visit);
              navigate(address);
            }}
          >
            {i18n._("Check in")}
          </Button>
          <Button
            size="large"
            onClick={() => {
              navigate(address);
            }}
          >
            {i18n._("Log")}
          </Button>
        </div>
      )}
      {(standing === "in_progress" || standing === "silent" || standing === "missed") && (
        <div className={css.deeds}>
          <Button
            color="primary"
            size="large"
            onClick={() => {
              navigate(address);
            }}
          >
            {standing === "in_progress" ? i18n._("Log and finish") : i18n._("Log it now")}
          </Button>
        </div>
      )}
    </article>
  );
}

export function nameOf(visit: Visit): string {
  return visit.customer_name ?? visit.place ?? i18n._("A visit without a name");
}

function placeOf(visit: Visit): string | null {
  const parts = [visit.customer_name === null ? null : visit.place, visit.purpose].filter((part) => part !== null && part !== undefined);
  return parts.length > 0 ? parts.join(" · ") : null;
}

function timesOf(visit: Visit, zone: string): string {
  const [from, to] = [visit.actual_started_at ?? visit.planned_start_at, visit.actual_ended_at ?? visit.planned_end_at];
  if (from === null || from === undefined) return to === null || to === undefined ? i18n._("Any time") : clockOf(to, zone);
  return to === null || to === undefined ? clockOf(from, zone) : `${clockOf(from, zone)}–${clockOf(to, zone)}`;
}
