import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Chips } from "../parts/Chips";
import { WhenField } from "../parts/Field";
import { clockOf } from "../words/times";
import type { LogForm } from "./log_form";
import css from "./visit.module.css";

interface Props {
  readonly value: LogForm["ended"];
  readonly today: string;
  readonly now: number;
  readonly onChange: (value: LogForm["ended"]) => void;
}

/** When a visit ended that is logged without a check-in. */
export function EndedChips({ value, today, now, onChange }: Props) {
  const zone = useWorkspace().person.organisation.timezone;
  return (
    <>
      <Chips<"now" | "then">
        label={i18n._("When did it end?")}
        required
        choices={[
          { value: "now", text: i18n._("Just now") },
          { value: "then", text: i18n._("Earlier") },
        ]}
        value={value === null ? "now" : "then"}
        onChange={(when) => {
          onChange(when === "now" ? null : { day: today, clock: clockOf(now, zone) });
        }}
      />
      {value !== null && (
        <div className={css.pair}>
          <WhenField
            kind="date"
            label={i18n._("Day")}
            max={today}
            value={value.day}
            onChange={(day) => {
              if (day !== "") onChange({ ...value, day });
            }}
          />
          <WhenField
            kind="time"
            label={i18n._("Time")}
            value={value.clock}
            onChange={(clock) => {
              if (clock !== "") onChange({ ...value, clock });
            }}
          />
        </div>
      )}
    </>
  );
}
