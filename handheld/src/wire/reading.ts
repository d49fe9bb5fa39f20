/** Reads parts of an answer that nobody has checked yet. An answer is taken whole or not at all (M2). */

/** A 200 that does not have its shape: a portal's page, a cut body. The device changes nothing and asks again. */
export class MalformedAnswer extends Error {
  constructor(what: string) {
    super(what);
    this.name = "MalformedAnswer";
  }
}

export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function object(value: unknown, what: string): Members {
  if (!isObject(value)) throw new MalformedAnswer(`${what}: object expected`);
  return value;
}

export function array(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedAnswer(`${what}: array expected`);
  return value as readonly unknown[];
}

export function string(value: unknown, what: string): string {
  if (typeof value !== "string") throw new MalformedAnswer(`${what}: text expected`);
  return value;
}

export function flag(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new MalformedAnswer(`${what}: true or false expected`);
  return value;
}

/** A whole number from `least`. */
export function whole(value: unknown, what: string, least = 0): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw new MalformedAnswer(`${what}: whole number from ${least} expected`);
  }
  return value;
}

/** null and absent pass as null. */
export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}
