/** The chain of readings and those of it that wait: numbered, signed and on disk one after the other, never two side by side. */
import { goesOn, signAgain } from "./chain";
import type { Enrolment, Keep, Queued } from "./keep";
import { genesis, said, signReading, type Head, type Sign, type Source } from "./statements";

/** How many readings may wait, and for how long they are believed. */
export interface Limits {
  readonly most: number;
  readonly hours: number;
}

export interface Shown {
  readonly id: string;
  readonly text: string;
  readonly source: Source;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly nonce: string | null;
}

const ALL = 10_000;

export class Readings {
  private readonly keep: Keep;
  private enrolment = "";
  private sign: Sign = () => Promise.reject(new Error("not enrolled"));
  private head: Head = { n: 0, digest: "" };
  private tail: Promise<unknown> = Promise.resolve();

  constructor(keep: Keep) {
    this.keep = keep;
  }

  /** Goes on where the chain of this enrolment ends. */
  resume(enrolment: string, sign: Sign, head: Head): void {
    this.enrolment = enrolment;
    this.sign = sign;
    this.head = head;
  }

  /** Begins the chain of a new key. What an earlier one signed and nobody took is signed again: the visits were real. */
  begin(enrolment: Enrolment, sign: Sign): Promise<void> {
    return this.alone(async () => {
      const old = await this.keep.waiting(ALL);
      const { queue, head } = await signAgain(old, await genesis(enrolment.enrolment), enrolment.enrolment, sign);
      await this.keep.enrol(enrolment, head, queue);
      this.resume(enrolment.enrolment, sign, head);
    });
  }

  /** Signs it as the next and puts it on disk. False when there is no room. */
  add(shown: Shown, limits: Limits): Promise<boolean> {
    return this.alone(async () => {
      if (!(await this.hasRoom(limits, shown.at))) return false;
      const { id, text, source, at, nonce } = shown;
      const place = { id, enrolment: this.enrolment, n: this.head.n + 1, previous: this.head.digest };
      const { signed, head } = await signReading({ ...place, read_at: at, source, text, nonce }, this.sign);
      await this.keep.append({ ...head, id, signed }, this.head);
      this.head = head;
      return true;
    });
  }

  /** Brings the chain in line with what the server has of it. */
  settle(server: Head): Promise<void> {
    return this.alone(async () => {
      const waiting = await this.keep.waiting(ALL);
      if (goesOn(server, this.head, waiting)) return;
      const { queue, head } = await signAgain(waiting, server, this.enrolment, this.sign);
      await this.keep.rechain(queue, head);
      this.head = head;
    });
  }

  /** The oldest that wait. */
  waiting(most: number): Promise<readonly Queued[]> {
    return this.keep.waiting(most);
  }

  count(): Promise<number> {
    return this.keep.count();
  }

  remove(gone: readonly Queued[]): Promise<void> {
    return this.keep.remove(gone.map((each) => each.n));
  }

  /** When it is full, what waited too long to be believed makes room. */
  private async hasRoom({ most, hours }: Limits, now: number): Promise<boolean> {
    if ((await this.keep.count()) < most) return true;
    const oldest = now - hours * 3_600_000;
    const stale = (await this.keep.waiting(ALL)).filter((each) => said(each.signed).read_at < oldest);
    await this.remove(stale);
    return stale.length > 0;
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work, work);
    this.tail = done.catch(() => undefined);
    return done;
  }
}
