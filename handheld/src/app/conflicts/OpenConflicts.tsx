import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import css from "./conflicts.module.css";

/** The way to the lead conflicts, while there is one to look at. */
export function OpenConflicts() {
  const rows = useLive((read) => read.all("lead_conflicts"), []);
  const open = (rows ?? []).filter((each) => each.state === "open").length;
  if (open === 0) return null;
  return (
    <div className={css.way}>
      <Row to="/customers/conflicts" title={i18n._("{n, plural, one {# lead conflict is open} other {# lead conflicts are open}}", { n: open })} />
    </div>
  );
}
