import { i18n } from "../../i18n";
import { addDays, sayDate } from "../words/times";
import { Stepper } from "./Stepper";

interface Props {
  readonly day: string;
  readonly today: string;
  readonly onChange: (day: string) => void;
}

/** Which day is looked at: one to and fro, and back to today. */
export function DaySwitch({ day, today, onChange }: Props) {
  return (
    <Stepper
      text={sayDate(day, today)}
      before={i18n._("The day before")}
      after={i18n._("The day after")}
      onStep={(by) => {
        onChange(addDays(day, by));
      }}
      onBack={
        day === today
          ? undefined
          : () => {
              onChange(today);
            }
      }
    />
  );
}
