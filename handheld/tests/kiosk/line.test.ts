import { expect, it } from "vitest";
import { Away, lineTo, Refusal } from "../../src/kiosk/station/line";

const PROBLEM = { code: "kiosk.consent-outdated", params: { version: "2026-2" }, status: 409 };

function line(answer: () => Promise<Response>) {
  const asked: [string, RequestInit | undefined][] = [];
  const send = lineTo("https://doorstep.example", (input, init) => {
    asked.push([input as string, init]);
    return answer();
  });
  return { asked, ask: () => send({ method: "POST", path: "/kiosk/v1/visitors", body: { a: 1 }, headers: { DPoP: "p" }, patienceMs: 50 }) };
}

const json = (body: unknown, status = 200, headers = {}) => Promise.resolve(Response.json(body, { status, headers }));

it("brings the answer, and sends no cookie and follows nowhere", async () => {
  const { ask, asked } = line(() => json({ id: "1" }));
  expect(await ask()).toEqual({ id: "1" });
  const [url, init] = asked[0] ?? [];
  expect(url).toBe("https://doorstep.example/kiosk/v1/visitors");
  expect(init).toMatchObject({ credentials: "omit", redirect: "error", cache: "no-store", body: '{"a":1}', headers: { DPoP: "p" } });
});

it("tells a refusal of the server", async () => {
  const refusal = await line(() => json(PROBLEM, 409)).ask().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ status: 409, code: "kiosk.consent-outdated", params: { version: "2026-2" } });
});

it.each([
  ["no network", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["a hotel's sign-in page", () => Promise.resolve(new Response("<html>sign in</html>", { status: 200 }))],
  ["somebody else's refusal", () => json({ error: "forbidden" }, 403)],
  ["no object", () => json(null)],
  ["a server that fails", () => json(PROBLEM, 503)],
])("takes for away: %s", async (_, answer) => {
  await expect(line(answer).ask()).rejects.toBeInstanceOf(Away);
});

it("gives up in time", async () => {
  const never = lineTo("https://doorstep.example", (_, init) =>
    new Promise((__, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted")))),
  ); // prettier-ignore
  await expect(never({ method: "GET", path: "/", patienceMs: 20 })).rejects.toBeInstanceOf(Away);
});

it("says how long a busy server asks to be left alone", async () => {
  await expect(line(() => json(PROBLEM, 429, { "Retry-After": "7" })).ask()).rejects.toMatchObject({ retryAfterMs: 7_000 });
  await expect(line(() => json(PROBLEM, 503)).ask()).rejects.toMatchObject({ retryAfterMs: null });
});
