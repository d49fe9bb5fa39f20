/**
 * What the screen shows and when that ends. Pure: moments are arguments, milliseconds that only rise. Everything but the invitation
 * ends by itself, so there is nothing to be stuck in; what was said and typed is gone with it.
 */
import type { Locale } from "../../i18n";
import type { Answer } from "../station/api";

/** registered, unsent: of somebody who registered; unsent: the server was away, and nothing was kept. */
export type Said = Answer | { readonly kind: "registered" | "unsent" };

export type Screen =
  | { readonly at: "invitation" }
  | { readonly at: "reading"; readonly until: number }
  | { readonly at: "answer"; readonly said: Said; readonly until: number }
  /** visitor: the id that goes with his registration, however often it is sent. */
  | { readonly at: "form"; readonly visitor: string; readonly sending: boolean; readonly until: number }
  | { readonly at: "status"; readonly until: number };

/** turn: counts what was shown, so that a late answer is not taken for that of the next. chosen: a language, until nobody is there. */
export interface Show {
  readonly screen: Screen;
  readonly turn: number;
  readonly chosen: { readonly locale: Locale; readonly until: number } | null;
}

export type Happening =
  | { readonly kind: "shown" | "left" | "touched" | "asked-status" | "sending" | "refused-form" | "tick"; readonly now: number }
  | { readonly kind: "answered"; readonly now: number; readonly turn: number; readonly said: Said }
  | { readonly kind: "asked-form"; readonly now: number; readonly visitor: string }
  | { readonly kind: "chose"; readonly now: number; readonly locale: Locale };

export const ANSWER_MS = 10_000;
export const FORM_MS = 60_000;
/** The form says that it is about to close for this long. */
export const WARNING_MS = 15_000;
const STATUS_MS = 30_000;
/** Longer than any answer takes: a reading that came to nothing ends too. */
const READING_MS = 8_000;
const SENDING_MS = 30_000;
const CHOSEN_MS = 60_000;
/** Nothing lasts longer without anybody touching it. */
export const LONGEST_MS = Math.max(ANSWER_MS, FORM_MS, STATUS_MS, READING_MS, SENDING_MS, CHOSEN_MS);

const INVITATION: Screen = { at: "invitation" };
export const AT_FIRST: Show = { screen: INVITATION, turn: 0, chosen: null };

export function next(show: Show, happening: Happening): Show {
  const { screen, turn } = show;
  const { now } = happening;
  switch (happening.kind) {
    case "shown":
      return used({ ...show, screen: { at: "reading", until: now + READING_MS }, turn: turn + 1 }, now);
    case "answered":
      if (happening.turn !== turn) return show;
      return used({ ...show, screen: { at: "answer", said: happening.said, until: now + ANSWER_MS } }, now);
    case "asked-form": {
      const form: Screen = { at: "form", visitor: happening.visitor, sending: false, until: now + FORM_MS };
      return used({ ...show, screen: form, turn: turn + 1 }, now);
    }
    case "asked-status":
      return { ...show, screen: { at: "status", until: now + STATUS_MS }, turn: turn + 1 };
    case "sending":
      return screen.at === "form" ? { ...show, screen: { ...screen, sending: true, until: now + SENDING_MS } } : show;
    case "refused-form":
      return screen.at === "form" ? { ...show, screen: { ...screen, sending: false, until: now + FORM_MS } } : show;
    case "touched":
      return used(touched(show, now), now);
    case "left":
      return { ...show, screen: INVITATION, turn: turn + 1 };
    case "chose":
      return touched({ ...show, chosen: { locale: happening.locale, until: now + CHOSEN_MS } }, now);
    case "tick":
      return ticked(show, now);
  }
}

function touched(show: Show, now: number): Show {
  const { screen } = show;
  return screen.at === "form" && !screen.sending ? { ...show, screen: { ...screen, until: now + FORM_MS } } : show;
}

/** Somebody is there: his language stays. */
function used(show: Show, now: number): Show {
  return show.chosen ? { ...show, chosen: { ...show.chosen, until: now + CHOSEN_MS } } : show;
}

function ticked(show: Show, now: number): Show {
  const { screen } = show;
  const isOver = screen.at !== "invitation" && now >= screen.until;
  const isForgotten = show.chosen !== null && now >= show.chosen.until && (isOver || screen.at === "invitation");
  if (!isOver && !isForgotten) return show;
  return {
    screen: isOver ? INVITATION : screen,
    turn: isOver ? show.turn + 1 : show.turn,
    chosen: isForgotten ? null : show.chosen,
  };
}
