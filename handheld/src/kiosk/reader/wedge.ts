/**
 * A reader that types, as a keyboard would: told from a person by its speed, read by the places of its keys. So neither another
 * keyboard layout nor CapsLock nor a Chinese input method changes what a card says. Pure: keys in, text out.
 */
import { kindOf } from "../cards/shapes";
import { FRENCH, GERMAN, US, type Layout } from "./layouts";

/** at: milliseconds of the event's own clock, which a busy page does not delay. */
export interface Stroke {
  readonly down: boolean;
  readonly code: string;
  readonly key: string;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly control: boolean;
  readonly at: number;
}

/** text: what was read, when this key ended it. swallow: it was typed by the reader, and no button or field may have it. */
export interface Heard {
  readonly text: string | null;
  readonly swallow: boolean;
}

/** Between two keys of one reading; slow wireless readers take 60. People are slower, or write no card. */
const GAP_MS = 150;
/** Faster than anybody types: from here on the keys are taken away from the page. */
const FAST_MS = 45;
const LEAST = 8;
const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);
const SILENT = new Set(["Shift", "CapsLock", "AltGraph", "Alt", "Control", "Meta", "NumLock", "Fn"]);
const NOTHING: Heard = { text: null, swallow: false };

interface Typed {
  readonly code: string;
  readonly key: string;
  readonly shift: boolean;
  /** Given outright: by AltGr, or by Alt and digits on the number pad, a way of some readers to be independent of layouts. */
  readonly character?: string;
}

export class Wedge {
  private typed: Typed[] = [];
  private lastAt = -Infinity;
  private fast = false;
  private number = "";

  hear(stroke: Stroke): Heard {
    if (!stroke.down) return this.released(stroke);
    const gap = stroke.at - this.lastAt;
    if (gap > GAP_MS) this.forget();
    this.fast = this.typed.length > 0 && (this.fast ? gap <= GAP_MS : gap <= FAST_MS);
    if (ENDS.has(stroke.code) || (stroke.code === "" && ENDS.has(stroke.key))) return this.end();
    if (SILENT.has(stroke.key)) return NOTHING;
    if (stroke.control) return { text: null, swallow: this.fast };
    this.lastAt = stroke.at;
    if (stroke.alt && /^Numpad\d$/.test(stroke.code)) {
      this.number += stroke.code.slice(-1);
      return { text: null, swallow: true };
    }
    const { code, key, shift } = stroke;
    // With AltGr only the layout of this machine knows what was meant.
    this.typed.push(stroke.alt && key.length === 1 ? { code, key, shift, character: key } : { code, key, shift });
    return { text: null, swallow: this.fast };
  }

  /** Called now and then: a reader without an end key has ended when nothing more comes. Only a card of ours is taken so. */
  quiet(now: number): string | null {
    if (this.typed.length === 0 || now - this.lastAt <= GAP_MS) return null;
    const text = spell(this.typed);
    this.forget();
    return kindOf(text) === null ? null : text;
  }

  private released(stroke: Stroke): Heard {
    if (stroke.key !== "Alt" || this.number === "") return NOTHING;
    const character = String.fromCharCode(Number(this.number));
    this.number = "";
    this.lastAt = stroke.at;
    // A reader may send its line end this way too.
    if (character === "\r" || character === "\n") return this.end();
    this.typed.push({ code: "", key: character, shift: false, character });
    return { text: null, swallow: true };
  }

  private end(): Heard {
    const { typed, fast } = this;
    this.forget();
    if (typed.length < LEAST || (!fast && kindOf(spell(typed)) === null)) return { text: null, swallow: fast };
    return { text: spell(typed), swallow: true };
  }

  private forget(): void {
    this.typed = [];
    this.lastAt = -Infinity;
    this.fast = false;
    this.number = "";
  }
}

/** What was meant: by the places of a US keyboard, which is what readers are set to unless somebody changed it; else what the
 * system made of it; else by other layouts. The first that is a card of ours; if none is, the first. */
function spell(typed: readonly Typed[]): string {
  const written = [by(US, typed), typed.map((each) => each.key).join(""), by(GERMAN, typed), by(FRENCH, typed)];
  const spelled = written.map(trimmed);
  return spelled.find((text) => kindOf(text) !== null) ?? spelled[0] ?? "";
}

function by(layout: Layout, typed: readonly Typed[]): string {
  return typed
    .map((each) => each.character ?? layout.get(each.code)?.[each.shift ? 1 : 0] ?? (each.key.length === 1 ? each.key : ""))
    .join("");
}

/** Without what a reader puts before it (such as the kind of code), and in the letters' own case: a printed text knows no small
 * ones, and an address that begins with HTTPS was typed with CapsLock on. */
function trimmed(text: string): string {
  const card = /DS[12]:.*$/i.exec(text);
  if (card) return card[0].toUpperCase();
  const address = /https:\/\/.*$/i.exec(text);
  if (!address) return text;
  return address[0].startsWith("HTTPS") ? swapped(address[0]) : address[0];
}

function swapped(text: string): string {
  return [...text].map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase())).join("");
}
