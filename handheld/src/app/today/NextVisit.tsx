import { i18n } from "../../i18n";
import { Empty } from "../parts/Block";
import { useBeside, useHolding } from "../shell/beside";
import { VisitScreen } from "../visit/VisitScreen";
import { useToday } from "../words/now";
import { toCome, useGroups } from "./day";
import { useOwnDay } from "./shown_day";
import css from "./today.module.css";

/** Beside the day while nothing was opened from it: the visit that comes next, ready to be begun. */
export function NextVisit() {
  const [day] = useOwnDay(useToday());
  const groups = useGroups(day);
  const id = useBeside("today", toCome(groups));
  useHolding("today", id);
  if (!groups) return null;
  if (id !== undefined) return <VisitScreen key={id} named={{ id }} />;
  return (
    <div className={css.beside}>
      <Empty title={i18n._("Nothing left to do on this day")}>{i18n._("Tap a visit to read it again, or add one.")}</Empty>
    </div>
  );
}
