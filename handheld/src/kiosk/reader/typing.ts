/** The reader that types, on this page: hears every key before buttons and fields do, and takes from them what a reader typed. */
import { Wedge } from "./wedge";

const QUIET_MS = 100;

/** Returns what ends it. */
export function hearTyping(read: (text: string) => void): () => void {
  const wedge = new Wedge();
  const hear = (event: KeyboardEvent): void => {
    if (event.repeat) return;
    const heard = wedge.hear({
      down: event.type === "keydown",
      code: event.code,
      key: event.key,
      shift: event.shiftKey,
      alt: event.altKey || event.getModifierState("AltGraph"),
      // AltGr, which some layouts need for a character, looks like Ctrl and Alt.
      control: event.metaKey || (event.ctrlKey && !event.altKey),
      at: event.timeStamp,
    });
    if (heard.swallow) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    if (heard.text !== null) read(heard.text);
  };
  window.addEventListener("keydown", hear, true);
  window.addEventListener("keyup", hear, true);
  const timer = window.setInterval(() => {
    const text = wedge.quiet(performance.now());
    if (text !== null) read(text);
  }, QUIET_MS);
  return () => {
    window.removeEventListener("keydown", hear, true);
    window.removeEventListener("keyup", hear, true);
    window.clearInterval(timer);
  };
}
