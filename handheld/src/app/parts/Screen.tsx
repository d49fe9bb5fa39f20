import LeftOutline from "antd-mobile-icons/es/LeftOutline";
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";
import { i18n } from "../../i18n";
import css from "./Screen.module.css";
import { SnackLine } from "./snack";

/** A title of more than two lines of a phone. */
const LONG = 24;

/** Whether a screen stands beside its list without having been opened: nothing to go back to, nothing to be told of. */
export const BesideContext = createContext(false);

interface Props {
  readonly title: string;
  /** Where “back” leads on a phone; beside a list on a wide screen there is nothing to go back to. Without it: no way back. */
  readonly back?: string;
  /** At the right of the title. */
  readonly actions?: ReactNode;
  /** Below the title and always in sight, such as a search. */
  readonly head?: ReactNode;
  /** What the screen is for, within reach of the thumb. */
  readonly foot?: ReactNode;
  /** false: what is inside scrolls by itself. */
  readonly scrolls?: boolean;
  /** Perhaps nothing inside can have the focus, so that what scrolls takes it: a keyboard has to get down. */
  readonly isText?: boolean;
  readonly children: ReactNode;
}

/** The frame of every screen: title, what scrolls, and the deed at the bottom. */
export function Screen({ title, back: wayBack, actions, head, foot, scrolls = true, isText = false, children }: Props) {
  const back = useContext(BesideContext) ? undefined : wayBack;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Who opens a screen is told its name by a screen reader. The first screen of a start is not an answer to anything.
    if (back !== undefined) heading.current?.focus({ preventScroll: true });
  }, [back]);
  return (
    <section className={css.screen} aria-label={title}>
      <header className={css.head}>
        <div className={css.bar}>
          {back !== undefined && (
            <Link href={back} className={css.back} aria-label={i18n._("Back")}>
              <LeftOutline aria-hidden />
            </Link>
          )}
          <h1 className={css.title} data-long={title.length > LONG} ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {actions}
        </div>
        {head}
      </header>
      <div className={scrolls ? css.body : css.fixed} tabIndex={isText ? 0 : undefined}>
        {children}
      </div>
      <SnackLine />
      {foot !== undefined && <footer className={css.foot}>{foot}</footer>}
    </section>
  );
}
