import LeftOutline from "antd-mobile-icons/es/LeftOutline";
import RightOutline from "antd-mobile-icons/es/RightOutline";
import type { ReactNode } from "react";
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
  /** At the right. */
  readonly children?: ReactNode;
}

/** One to and fro: days, months. */
export function Stepper({ text, before, after, onStep, isLast = false, children }: Props) {
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
      {children}
    </div>
  );
}
