import type { ReactNode } from "react";
import css from "./Tag.module.css";

export type Tone = "plain" | "brand" | "good" | "warn" | "bad";

/** A word or two about the state of something. Says it in text; the colour only repeats it. */
export function Tag({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={css.tag} data-tone={tone}>
      {children}
    </span>
  );
}
