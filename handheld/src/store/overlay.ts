/** The row a person sees: the adopted values with the row's own entries replayed on top (docs/protocol.md §6). Pure. */
import type { Members } from "../wire/reading";
import type { Adopted, Entry, Own } from "./records";

/** entries: of this row, in serial order. Without any there is nothing of one's own to show. */
export function overlay(adopted: Adopted | null, entries: readonly Entry[]): Own | null {
  if (entries.length === 0) return null;
  let values: Members | null = adopted ? adopted.values : null;
  let hidden: Members | null = null;
  for (const entry of entries) {
    const given = entry.server_row ?? {};
    if (entry.action === "restore") values ??= hidden; // what a deletion hid is shown again
    if (entry.action === "delete") [hidden, values] = [values, null];
    else if (entry.action === "create") values = { ...values, ...entry.effect, ...given };
    else if (values !== null) values = { ...values, ...entry.effect, ...given }; // an edit does not bring back what is gone
  }
  return { shown: values, unsent: entries.some((entry) => entry.verdict === null) };
}

/** True when the checkpoint at head already shows the effect of a settled entry. */
export function seenIn(
  entry: Pick<Entry, "visible_at" | "epoch">,
  epoch: string | null,
  head: number,
): boolean {
  return entry.visible_at === null || ((entry.epoch === null || entry.epoch === epoch) && entry.visible_at <= head);
}
