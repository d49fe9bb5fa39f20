import LeftOutline from "antd-mobile-icons/es/LeftOutline";
import RightOutline from "antd-mobile-icons/es/RightOutline";
import { i18n } from "../../i18n";
import css from "./Stepper.module.css";

interface Props {
  /** What is shown now, between the two arrows. */
  readonly text: string;
  /** What the arrows are called, and what they do. */
  readonly before: string;
  readonly after: string;
  readonly onStep: (by: -1 | 1) => void;
  /** There is nothing after it. */
  readonly isLast?: boolean;
  /** Away from today: the way back. */
  readonly onBack?: (() => void) | undefined;
}

/** One to and fro: days, weeks, months. */
export function Stepper({ text, before, after, onStep, isLast = false, onBack }: Props) {
  return (
    <div className={css.stepper}>
      <button
        type="button"
        className={css.step}
        aria-label={before}
        onClick={() => {
          onStep(-1);
        }}
      >
        <LeftOutline aria-hidden />
      </button>
      <span className={css.text}>{text}</span>
      <button
        type="button"
        className={css.step}
        aria-label={after}
        disabled={isLast}
        onClick={() => {
          onStep(1);
        }}
      >
        <RightOutline aria-hidden />
      </button>
      {onBack && (
        <button type="button" className={css.back} onClick={onBack}>
          {i18n._("Back to today")}
        </button>
      )}
    </div>
  );
}
