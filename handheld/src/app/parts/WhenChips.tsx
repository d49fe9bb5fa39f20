import { useState } from "react";
import { i18n } from "../../i18n";
import { addDays, sayDate } from "../words/times";
import { Chips } from "./Chips";
import { WhenField } from "./Field";

type When = "tomorrow" | "soon" | "week" | "other";

const AHEAD: Record<Exclude<When, "other">, number> = { tomorrow: 1, soon: 3, week: 7 };

interface Props {
  readonly label: string;
  readonly today: string;
  /** The day that is chosen. */
  readonly value: string | null;
  readonly onChange: (day: string | null) => void;
  readonly error?: string | undefined;
}

/** A day ahead with one tap; any other with the phone's calendar. */
export function WhenChips({ label, today, value, onChange, error }: Props) {
  const [picking, setPicking] = useState(false);
  const chosen = value === null ? null : whichOf(value, today);
  const shown: When | null = picking ? "other" : chosen;
  return (
    <>
      <Chips<When>
        label={label}
        value={shown}
        error={error}
        hint={value === null ? undefined : sayDate(value, today)}
        choices={[
          { value: "tomorrow", text: i18n._("Tomorrow") },
          { value: "soon", text: i18n._("In 3 days") },
          { value: "week", text: i18n._("In a week") },
          { value: "other", text: i18n._("Pick a day") },
        ]}
        onChange={(when) => {
          setPicking(when === "other");
          if (when === null) onChange(null);
          else if (when !== "other") onChange(addDays(today, AHEAD[when]));
        }}
      />
      {shown === "other" && (
        <WhenField
          kind="date"
          label={i18n._("Day")}
          min={today}
          value={value ?? ""}
          onChange={(day) => {
            onChange(day === "" ? null : day);
          }}
        />
      )}
    </>
  );
}

function whichOf(day: string, today: string): When {
  const near = (Object.keys(AHEAD) as (keyof typeof AHEAD)[]).find((each) => addDays(today, AHEAD[each]) === day);
  return near ?? "other";
}
