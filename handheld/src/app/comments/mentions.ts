/** Colleagues named in a text by “@Name”. The text keeps their ids (rule C38 of docs/rules/customers.md). Pure. */

export interface Named {
  readonly id: string;
  readonly name: string;
}

const BEGUN = /@([^\s@]{0,20})$/u;

/** What of a name is being typed at the end of the text; null when none is. */
export function begunMention(text: string): string | null {
  return BEGUN.exec(text)?.[1] ?? null;
}

/** The text with the name that was begun at its end put in full. */
export const withMention = (text: string, name: string): string => text.replace(BEGUN, `@${name} `);

/** Of those who were put in, the ones whose name still stands in the text. */
export const stillNamed = (text: string, people: readonly Named[]): Named[] => people.filter(({ name }) => text.includes(`@${name}`));

/** The text in pieces, those that name somebody marked. The longest name that fits is the one that is meant. */
export function marked(text: string, people: readonly Named[]): { readonly text: string; readonly isName: boolean }[] {
  const names = people.map(({ name }) => `@${name}`).sort((one, other) => other.length - one.length);
  const pieces: { text: string; isName: boolean }[] = [];
  let rest = text;
  while (rest !== "") {
    const places = names.map((name) => rest.indexOf(name)).filter((place) => place >= 0);
    const place = Math.min(rest.length, ...places);
    if (place > 0) pieces.push({ text: rest.slice(0, place), isName: false });
    const name = names.find((each) => rest.startsWith(each, place));
    if (name !== undefined) pieces.push({ text: name, isName: true });
    rest = rest.slice(place + (name?.length ?? 0));
  }
  return pieces;
}
