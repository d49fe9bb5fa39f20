/** The line to the server this app came from. */
import type { Asking, Line } from "../session/ports";
import type { Answer } from "../sync/answers";

/** What is kept as it comes: pictures, documents, and tables for spreadsheets. */
const FILE = /^(image\/|application\/pdf|text\/csv|application\/vnd\.openxmlformats)/;

export function fetchLine(origin: string, language: () => string): Line {
  return {
    origin,
    async send({ method, path, headers, body, bytes, timeout, signal }: Asking): Promise<Answer | null> {
      // By hand: AbortSignal.any is missing where the app still has to run (README.md).
      const ending = new AbortController();
      const end = () => {
        ending.abort();
      };
      const timer = timeout === undefined ? undefined : setTimeout(end, timeout);
      signal?.addEventListener("abort", end);
      if (signal?.aborted) end();
      try {
        const answer = await fetch(origin + path, {
          method,
          headers: {
            accept: "application/json, application/problem+json",
            "accept-language": language(),
            ...(body !== undefined && { "content-type": "application/json" }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          ...(bytes !== undefined && { body: bytes }),
          signal: ending.signal,
          credentials: "omit",
          cache: "no-store",
          redirect: "manual",
        });
        // A redirect is a portal's: Doorstep sends none, and it has no status to be told by.
        if (answer.type === "opaqueredirect") return null;
        const told = { status: answer.status, headers: Object.fromEntries(answer.headers) };
        const isFile = FILE.test(answer.headers.get("content-type") ?? "");
        return isFile ? { ...told, body: "", file: await answer.blob() } : { ...told, body: await answer.text() };
      } catch {
        return null;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
      }
    },
  };
}
