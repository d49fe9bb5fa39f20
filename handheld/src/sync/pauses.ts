/** How long the device waits before it asks again. Pure. */

const FIRST = 1_000;
const LONGEST = 300_000;
/** Between two syncs of a screen that nobody looks at. */
export const HIDDEN = 300_000;
/** Before a server that refused this client or person is asked again. */
export const REFUSED = 900_000;

/** failures: in a row, from 1. chance: from 0 to 1. retryAfter: seconds the server asked to leave, kept in any case. */
export function backoff(failures: number, chance: number, retryAfter: number | null): number {
  const grown = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 12));
  // Half of it is left to chance, so that a thousand phones that lost a server together do not come back together.
  return Math.max(grown * (0.5 + chance / 2), (retryAfter ?? 0) * 1000);
}
