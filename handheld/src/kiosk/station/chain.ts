/** How the kiosk's own chain stands to what the server knows of it. Pure. */
import type { Queued } from "./keep";
import { said, signReading, type Head, type Sign } from "./statements";

/**
 * Whether the readings that wait can be sent as they are: the server's newest is the one before them, or one of them. If it is
 * neither, the browser lost the end of the chain (or it came back from a copy), and they have to be signed again behind it.
 * The server may know less, after it was restored; it then sees a gap, which is the truth.
 */
export function goesOn(server: Head, local: Head, queue: readonly Queued[]): boolean {
  if (server.n > local.n) return false;
  if (server.n === local.n) return server.digest === local.digest;
  const same = queue.find((each) => each.n === server.n);
  if (same) return same.digest === server.digest;
  const next = queue.find((each) => each.n === server.n + 1);
  return next === undefined || said(next.signed).previous === server.digest;
}

/** The same readings behind `head`, in their order. They keep their ids, so none that was taken before is taken twice. */
export async function signAgain(
  queue: readonly Queued[],
  head: Head,
  enrolment: string,
  sign: Sign,
): Promise<{ readonly queue: readonly Queued[]; readonly head: Head }> {
  const again: Queued[] = [];
  for (const each of queue) {
    const reading = { ...said(each.signed), enrolment, n: head.n + 1, previous: head.digest, nonce: null };
    const made = await signReading(reading, sign);
    head = made.head;
    again.push({ n: head.n, id: each.id, signed: made.signed, digest: head.digest });
  }
  return { queue: again, head };
}
