/** Lists of people as rows hold them: ids in order, a space between; nobody is null. Pure. */

export const peopleOf = (list: string | null | undefined): string[] => (list ?? "").split(" ").filter((each) => each !== "");

export const listOf = (people: readonly string[]): string | null => [...new Set(people)].sort().join(" ") || null;
