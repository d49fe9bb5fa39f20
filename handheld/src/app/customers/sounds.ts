/** The keys that a name is found by when it is typed as it sounds. As server/customers/search/keys.py makes them. Pure. */

const KEY_LONG = 24;
const READINGS_MOST = 8;

/** The ways in which a name is read, each as its syllables. reading: `zeng/ceng min`, as the server wrote it. */
export function readings(reading: string): string[][] {
  let found: string[][] = [[]];
  for (const syllable of reading.split(" ")) {
    const all = syllable.split("/");
    const choices = found.length * all.length > READINGS_MOST ? all.slice(0, 1) : all;
    found = found.flatMap((before) => choices.map((choice) => [...before, choice]));
  }
  return found;
}

/** Each end of a name as it is read, and the first letters of it; the whole name first. */
export function soundKeys(reading: string | null): string[] {
  if (reading === null || reading === "") return [];
  const found = new Set<string>();
  for (const syllables of readings(reading)) {
    for (let start = 0; start < syllables.length; start += 1) {
      const end = syllables.slice(start);
      found.add(end.join("").slice(0, KEY_LONG));
      if (end.length > 1) found.add(end.map((each) => each.charAt(0)).join("").slice(0, KEY_LONG));
    }
  }
  return [...found];
}

/** What was typed, as it is looked for among the keys; null when it cannot be how a name sounds. */
export function soughtSound(typed: string): string | null {
  const text = typed.normalize("NFKC").toLowerCase().replace(/ü/g, "v").replace(/\s+/g, "");
  return /^[a-z0-9]+$/.test(text) ? text.slice(0, KEY_LONG) : null;
}
