import LeftOutline from "antd-mobile-icons/es/LeftOutline";
import RightOutline from "antd-mobile-icons/es/RightOutline";
import { i18n } from "../../i18n";
import { addDays, sayDate } from "../words/times";
import css from "./DaySwitch.module.css";

interface Props {
  readonly day: string;
  readonly today: string;
  readonly onChange: (day: string) => void;
}

/** Which day is looked at: one to and fro, and back to today. */
export function DaySwitch({ day, today, onChange }: Props) {
  return (
    <div className={css.days}>
      <button
        type="button"
        aria-label={i18n._("The day before")}
        onClick={() => {
          onChange(addDays(day, -1));
        }}
      >
        <LeftOutline aria-hidden />
      </button>
      <span className={css.date}>{sayDate(day, today)}</span>
      <button
        type="button"
        aria-label={i18n._("The day after")}
        onClick={() => {
          onChange(addDays(day, 1));
        }}
      >
        <RightOutline aria-hidden />
      </button>
      {day !== today && (
        <button
          type="button"
          className={css.back}
          onClick={() => {
            onChange(today);
          }}
        >
          {i18n._("Back to today")}
        </button>
      )}
    </div>
  );
}
