/** A reader that types: what the browser gets to hear of it, on a machine with this or that layout. */
import { FRENCH, GERMAN, US, type Layout } from "../../src/kiosk/reader/layouts";
import type { Heard, Stroke, Wedge } from "../../src/kiosk/reader/wedge";

export interface Setting {
  /** What the reader takes the machine's layout to be, and what it is. */
  readonly reader: Layout;
  readonly machine?: Layout;
  readonly capsLock?: boolean;
  /** A Chinese input method takes the keys: the page only learns the place. */
  readonly inputMethod?: boolean;
  readonly everyMs?: number;
  readonly end?: "Enter" | "Tab" | null;
  readonly from?: number;
}

export const LAYOUTS = { US, GERMAN, FRENCH };

export function strokesOf(text: string, setting: Setting): Stroke[] {
  const { reader, machine = reader, capsLock = false, inputMethod = false, everyMs = 8, end = "Enter", from = 1000 } = setting;
  let at = from;
  const plain = { down: true, alt: false, control: false };
  const strokes = [...text].flatMap((character): Stroke[] => {
    const [code, shift] = placeOf(character, reader);
    const written = machine.get(code)?.[shift !== (capsLock && code.startsWith("Key")) ? 1 : 0] ?? "";
    const key = inputMethod ? "Process" : written;
    const down: Stroke[] = shift ? [{ ...plain, code: "ShiftLeft", key: "Shift", shift: true, at: (at += 1) }] : [];
    down.push({ ...plain, code, key, shift, at: (at += everyMs) });
    return [...down, { ...plain, down: false, code, key, shift, at: at + 1 }];
  });
  if (end) strokes.push({ ...plain, code: end, key: end, shift: false, at: at + everyMs });
  return strokes;
}

/** Types it all; returns what was read, and all that was heard. */
export function type(wedge: Wedge, strokes: readonly Stroke[]): { readonly text: string | null; readonly heard: readonly Heard[] } {
  const heard = strokes.map((stroke) => wedge.hear(stroke));
  return { text: heard.find((each) => each.text !== null)?.text ?? null, heard };
}

function placeOf(character: string, layout: Layout): [code: string, shift: boolean] {
  for (const [code, [plain, shifted]] of layout) {
    if (code.startsWith("Numpad")) continue;
    if (plain === character) return [code, false];
    if (shifted === character) return [code, true];
  }
  throw new Error(`no key for ${character}`);
}
