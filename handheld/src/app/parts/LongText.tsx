import { useState, type ReactNode } from "react";
import { i18n } from "../../i18n";
import css from "./LongText.module.css";

/** From here on a text is folded: about six lines on a phone, so that what stands below it is found. */
const MOST_CHARACTERS = 160;
const MOST_LINES = 6;

export const isLong = (text: string): boolean => text.length > MOST_CHARACTERS || text.split("\n").length > MOST_LINES;

interface Props {
  readonly text: string;
  /** The same text with marks in it. */
  readonly children?: ReactNode;
}

/** What a person has written, of any length: its beginning, and all of it with a tap. On paper all of it. */
export function LongText({ text, children = text }: Props) {
  const [open, setOpen] = useState(false);
  if (!isLong(text)) return children;
  return (
    <>
      <span className={open ? undefined : css.folded}>{children}</span>
      <button
        type="button"
        className={css.more}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {open ? i18n._("Show less") : i18n._("Show all of it")}
      </button>
    </>
  );
}
