import { afterEach, expect, it, vi } from "vitest";
import { fetchLine } from "../src/storage/line";

const line = fetchLine("https://office.example", () => "en");
const asking = { method: "GET", path: "/mobile/v1/wait", headers: {} } as const;

/** A server that never answers. */
function silence() {
  vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      const end = () => {
        reject(new Error("aborted"));
      };
      if (signal.aborted) end();
      signal.addEventListener("abort", end);
    }),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("gives up after its time, when it is told to, or at once when it was told before", async () => {
  vi.useFakeTimers();
  silence();
  const late = line.send({ ...asking, timeout: 1000 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(await late).toBeNull();
  const ending = new AbortController();
  const told = line.send({ ...asking, timeout: 60_000, signal: ending.signal });
  ending.abort();
  expect(await told).toBeNull();
  expect(await line.send({ ...asking, signal: ending.signal })).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

it("holds on to neither signal nor timer after an answer", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 200 })));
  const ending = new AbortController();
  const removed = vi.spyOn(ending.signal, "removeEventListener");
  expect(await line.send({ ...asking, timeout: 60_000, signal: ending.signal })).toMatchObject({ status: 200, body: "{}" });
  expect([vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 1]);
});
