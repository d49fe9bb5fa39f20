/** One request to the kiosk's doors. What is no answer of our server (none, too late, a hotel's sign-in page) is `Away`. */

export class Away extends Error {
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(retryAfterMs: number | null = null) {
    super("the server is away");
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server's own no: its code and params as docs/problems.md has them. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, params: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.params = params;
  }
}

export interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly patienceMs: number;
}

/** Resolves with the body of a success. Rejects with Away or Refusal, and nothing else. */
export type Line = (request: Request) => Promise<unknown>;

/** origin: as the page's own. fetch: of the browser; tests give theirs. */
export function lineTo(origin: string, send: typeof fetch): Line {
  return async ({ method, path, body, headers, patienceMs }) => {
    let status: number;
    let answered: Record<string, unknown>;
    let retryAfter: string | null;
    try {
      const answer = await send(origin + path, {
        method,
        headers: { ...headers, Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        signal: AbortSignal.timeout(patienceMs),
      });
      status = answer.status;
      retryAfter = answer.headers.get("Retry-After");
      answered = (await answer.json()) as Record<string, unknown>;
    } catch {
      throw new Away();
    }
    if (status >= 500 || status === 429) throw new Away(retryAfter === null ? null : Number(retryAfter) * 1000 || null);
    if (typeof answered !== "object" || answered === null) throw new Away();
    if (status >= 200 && status < 300) return answered;
    if (typeof answered["code"] !== "string") throw new Away();
    throw new Refusal(status, answered["code"], (answered["params"] ?? {}) as Record<string, unknown>);
  };
}
