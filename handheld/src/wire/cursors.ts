/** Cursors: how far a device has read each bucket. It echoes them as they came (M20). */
import { isId } from "./ids";
import { isObject } from "./reading";

/** Kept as it came, members unknown to the device included. */
export interface Cursor {
  readonly epoch: string;
  readonly buckets: Readonly<Record<string, number>>;
}

/** The cursor, or null for anything that no server made. */
export function parseCursor(value: unknown): Cursor | null {
  if (!isObject(value) || !isId(value.epoch) || !isObject(value.buckets)) return null;
  const positions = Object.values(value.buckets);
  const good = positions.every((after) => typeof after === "number" && Number.isSafeInteger(after) && after >= 0);
  return good ? (value as unknown as Cursor) : null;
}

/** Whether two cursors ask the same question, whatever the order of their buckets. */
export function sameCursor(one: Cursor | null, other: Cursor | null): boolean {
  if (one === null || other === null) return one === other;
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1))) : inner,
  );
}
