/** A device that dies before or after any durable write comes to the same end as one that never dies. */
import { describe, expect, it } from "vitest";
import { MemoryStorage, type Fuse } from "../src/storage/memory";
import { TestDevice } from "./support/device";
import { ModelServer, REFUSED_NAME, id } from "./support/model_server";

class Died extends Error {}

const [FIRST, SECOND] = [id(900), id(901)];

/** A day of one device on one server. After a crash a step is done again, unless its trace is there already. */
class Life {
  readonly storage: MemoryStorage;
  readonly server = new ModelServer(3);
  crashes = 0;
  #phone: TestDevice;

  constructor(fuse: Fuse | null = null) {
    this.storage = new MemoryStorage(fuse);
    this.server.people.set(FIRST, "li").set(SECOND, "li");
    this.#phone = this.#start();
  }

  async live(): Promise<unknown> {
    const { server } = this;
    for (let number = 500; number < 507; number += 1) server.put("customers", "li", id(number), { name: `c${number}` });
    await this.#do((phone) => phone.exchanger.reenrol(FIRST));
    await this.#make(1, "Wang");
    await this.#sync();
    server.put("customers", "li", id(500), { name: "changed" });
    server.remove("customers", id(501));
    server.put("customers", "wang", id(502), {});
    await this.#make(2, REFUSED_NAME);
    await this.#do(
      (phone) => phone.act((group) => group.update("customers", id(500), { grade: "A" })),
      async (phone) => (await phone.rows("customers")).some((row) => row.id === id(500) && row.grade === "A"),
    );
    await this.#do(
      (phone) => phone.act((group) => group.delete("customers", id(503))),
      async (phone) => !(await phone.rows("customers")).some((row) => row.id === id(503)),
    );
    await this.#sync();
    const restore = server.backup();
    await this.#make(3, "Li");
    await this.#sync();
    restore();
    await this.#sync();
    await this.#make(4, "Zhao");
    await this.#sync();
    return this.#state();
  }

  async #state(): Promise<unknown> {
    const phone = this.#phone;
    const { pending, settled } = await phone.queue();
    return {
      customers: await phone.rows("customers"),
      notes: await phone.rows("notes"),
      adopted: [await phone.adopted("customers"), await phone.adopted("notes")],
      queue: pending.length,
      settled: settled.length,
      mend: (await phone.mend()).map((each) => [each.entry.row, each.verdict, each.code]),
      effects: [...this.server.effects].sort(),
      visible: this.server.visible("li", "customers"),
    };
  }

  #start(): TestDevice {
    return new TestDevice(this.storage, () => 1_760_000_000_000, (body) => Promise.resolve(this.server.exchange(body)), { batch: 2 });
  }

  async #do(step: (phone: TestDevice) => Promise<unknown>, done: (phone: TestDevice) => Promise<boolean> = () => Promise.resolve(false)) {
    for (;;) {
      try {
        await step(this.#phone);
        return;
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        this.crashes += 1;
        this.#phone = this.#start();
        if (await done(this.#phone)) return;
      }
    }
  }

  #make(number: number, name: string): Promise<void> {
    return this.#do(
      (phone) =>
        phone.act((group) => {
          group.create("customers", { name }, id(number));
          group.create("notes", { customer: id(number), text: "hi" }, id(number + 100));
        }),
      async (phone) => (await phone.rows("customers")).some((row) => row.id === id(number)),
    );
  }

  #sync(): Promise<void> {
    return this.#do(async (phone) => {
      if ((await phone.sync()).step === "enrol") await phone.exchanger.reenrol(SECOND);
      expect((await phone.sync()).step).toBe("done");
    });
  }
}

/** Dies before or after the write of that place, once. */
function fuseAt(place: number, when: "before" | "after"): Fuse {
  let seen = -1;
  return (moment) => {
    if (moment === "before") seen += 1;
    if (seen === place && moment === when) throw new Died();
  };
}

let count = 0;
const end = await new Life((moment) => (count += moment === "before" ? 1 : 0)).live();

describe("a device that loses its power", () => {
  it("has a life worth disturbing", () => {
    expect(count).toBeGreaterThan(20);
    const { customers, adopted, queue, mend, visible, effects } = end as Record<string, unknown[]>;
    expect((customers as { name: string }[]).map((row) => row.name).sort()).toEqual(["Wang", "Zhao", "c504", "c505", "c506", "changed"].sort());
    expect(adopted?.[0]).toEqual(customers);
    expect(visible).toEqual(customers);
    expect(queue).toBe(0);
    expect(mend).toHaveLength(2);
    expect(effects?.filter((each) => String(each).includes(id(1)) && String(each).endsWith("create"))).toHaveLength(1);
  });

  it.each(Array.from({ length: count }, (_, place) => place))("before or after write %i, comes to the same end", async (place) => {
    for (const when of ["before", "after"] as const) {
      const life = new Life(fuseAt(place, when));
      expect(await life.live()).toEqual(end);
      expect(life.crashes).toBe(1);
    }
  });
});
