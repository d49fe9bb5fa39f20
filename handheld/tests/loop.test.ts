/** When the device asks and when it leaves the server alone, by a clock that only the test moves. */
import { describe, expect, it } from "vitest";
import type { Asking } from "../src/session/ports";
import { MemoryStorage } from "../src/storage/memory";
import type { Answer } from "../src/sync/answers";
import { Exchanger } from "../src/sync/exchange";
import { SyncLoop } from "../src/sync/loop";
import { HIDDEN, backoff } from "../src/sync/pauses";
import { readReport } from "../src/sync/status";
import { ModelServer, id } from "./support/model_server";

const ENROLMENT = id(900);

class Scene {
  readonly server = new ModelServer(100);
  readonly storage = new MemoryStorage();
  readonly asked: string[] = [];
  readonly slept: number[] = [];
  answer: (asking: Asking) => Answer | null = (asking) => this.#served(asking);
  isOnline = true;
  isVisible = true;
  now = 1_760_000_000_000;
  /** Called at each pause, after which the time has passed; stops the loop in the end. */
  atPause: (place: number) => void = () => undefined;
  readonly loop: SyncLoop;

  constructor() {
    this.server.people.set(ENROLMENT, "li");
    this.loop = new SyncLoop({
      storage: this.storage,
      exchanger: new Exchanger(this.storage, () => this.now),
      line: {
        origin: "http://x",
        send: (asking) => {
          this.asked.push(asking.path.split("?")[0] ?? "");
          return Promise.resolve(this.answer(asking));
        },
      },
      bearer: () => Promise.resolve({ kind: "bearer", token: "t" }),
      clock: () => this.now,
      chance: () => 1,
      sleep: (ms, signal) => {
        if (signal.aborted) return Promise.resolve();
        this.slept.push(ms);
        this.atPause(this.slept.length);
        if (!signal.aborted) this.now += ms;
        return Promise.resolve();
      },
      isOnline: () => this.isOnline,
      isVisible: () => this.isVisible,
      upload: () => Promise.resolve("all"),
      onStale: () => Promise.resolve(),
      onRevoked: () => Promise.resolve(),
    });
  }

  /** Runs until that many pauses were made. */
  async run(pauses: number, atPause: (place: number) => void = () => undefined): Promise<void> {
    await new Exchanger(this.storage, () => this.now).reenrol(ENROLMENT);
    this.atPause = (place) => {
      atPause(place);
      if (place >= pauses) this.loop.stop();
    };
    await this.loop.run();
  }

  #served(asking: Asking): Answer {
    if (asking.path.endsWith("/exchange")) return this.server.exchange(asking.body);
    return { status: 200, headers: {}, body: JSON.stringify({ head: 0, retry_after: 3 }) };
  }
}

const refusal = (status: number, headers: Record<string, string> = {}): Answer => ({ status, headers, body: "busy" });

describe("the sync loop", () => {
  it("waits for news when it is idle and looked at, and leaves the pause that the server asks for", async () => {
    const scene = new Scene();
    await scene.run(2);
    expect(scene.asked).toEqual(["/mobile/v1/exchange", "/mobile/v1/wait", "/mobile/v1/wait"]);
    expect(scene.slept).toEqual([3000, 3000]);
    expect(await scene.storage.read(readReport)).toMatchObject({ syncing: false, trouble: null, attempts: 1 });
  });

  it("asks only from time to time while nobody looks, and not at all without a line", async () => {
    const hidden = new Scene();
    hidden.isVisible = false;
    await hidden.run(2);
    expect(hidden.asked).toEqual(["/mobile/v1/exchange", "/mobile/v1/exchange"]);
    expect(hidden.slept).toEqual([HIDDEN, HIDDEN]);
    const offline = new Scene();
    offline.isOnline = false;
    await offline.run(3);
    expect(offline.asked).toEqual([]);
  });

  it.each([[500], [503], [408], [429], [0]])("grows its pauses while the answer is %i, and says when it tries again", async (status) => {
    const scene = new Scene();
    scene.answer = () => (status === 0 ? null : refusal(status));
    await scene.run(4);
    expect(scene.slept).toEqual([2000, 4000, 8000, 16_000]);
    const { trouble, lastSync } = await scene.storage.read(readReport);
    expect(trouble).toMatchObject({ kind: "later", retryAt: scene.now + 16_000 });
    expect(lastSync).toBeNull();
  });

  it("goes at once when something is done, but never before the server may be asked", async () => {
    const scene = new Scene();
    scene.answer = () => refusal(503, { "retry-after": "7" });
    await scene.run(3, (place) => {
      if (place === 1) scene.loop.nudge();
    });
    // The nudge ends the first pause; what was left of the seven seconds is kept.
    expect(scene.slept.slice(0, 2)).toEqual([7000, 7000]);
    expect(scene.asked).toHaveLength(2);
  });

  it("comes back to short pauses once it has gone well", async () => {
    const scene = new Scene();
    const well = scene.answer;
    let asked = 0;
    scene.isVisible = false;
    scene.answer = (asking) => ((asked += 1) <= 3 || asked === 5 ? refusal(503) : well(asking));
    await scene.run(5);
    expect(scene.slept).toEqual([2000, 4000, 8000, HIDDEN, 2000]);
  });

  it("never waits longer than five minutes by itself, and never less than half of its pause", () => {
    expect(backoff(40, 1, null)).toBe(300_000);
    expect(backoff(3, 0, null)).toBe(4000);
    expect(backoff(1, 0, 60)).toBe(60_000);
  });
});
