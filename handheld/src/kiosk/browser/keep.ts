/** `Keep` on IndexedDB. Every write is flushed to the disk before it counts: a cable that is pulled loses no visit. */
import Dexie, { type Table } from "dexie";
import type { Enrolment, Keep, Queued, StationFacts } from "../station/keep";
import type { Head } from "../station/statements";

interface Fact {
  readonly name: "enrolment" | "facts" | "head" | "ahead";
  readonly value: unknown;
}

class Disk extends Dexie {
  declare readonly facts: Table<Fact, string>;
  declare readonly queue: Table<Queued, number>;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({ facts: "name", queue: "n" });
  }
}

export function keepOnDisk(name = "doorstep-kiosk"): Keep & { readonly close: () => void } {
  const disk = new Disk(name);
  const get = async (fact: Fact["name"]): Promise<unknown> => (await disk.facts.get(fact))?.value ?? null;
  const put = async (fact: Fact["name"], value: unknown): Promise<void> => void (await disk.facts.put({ name: fact, value }));
  const write = <T>(work: () => Promise<T>): Promise<T> => disk.transaction("rw", disk.facts, disk.queue, work);

  return {
    load: () =>
      disk.transaction("r", disk.facts, async () => ({
        enrolment: (await get("enrolment")) as Enrolment | null,
        facts: (await get("facts")) as StationFacts | null,
        head: (await get("head")) as Head | null,
        ahead: ((await get("ahead")) as number | null) ?? 0,
      })),
    enrol: (enrolment, head, queue) =>
      write(async () => {
        await put("enrolment", enrolment);
        await put("head", head);
        await put("facts", null);
        await disk.queue.clear();
        await disk.queue.bulkPut(queue);
      }),
    setFacts: (facts) => put("facts", facts),
    setAhead: (ahead) => put("ahead", ahead),
    append: (reading, after) =>
      write(async () => {
        const head = (await get("head")) as Head | null;
        if (head?.n !== after.n || head.digest !== after.digest) throw new Error("the chain ends elsewhere");
        await disk.queue.add(reading);
        await put("head", { n: reading.n, digest: reading.digest });
      }),
    waiting: (most) => disk.queue.orderBy("n").limit(most).toArray(),
    count: () => disk.queue.count(),
    remove: (ns) => disk.queue.bulkDelete([...ns]),
    rechain: (queue, head) =>
      write(async () => {
        await disk.queue.clear();
        await disk.queue.bulkPut(queue);
        await put("head", head);
      }),
    close: () => disk.close(),
  };
}
