/** Requests that carry a proof of the device's key, asked again where the answer says that only the proof was off. */
import type { Answer } from "../sync/answers";
import { isObject, type Members } from "../wire/reading";
import type { Asking, Line } from "./ports";
import { proofOf, type Prover } from "./proofs";
import type { Vault } from "./vault";

export interface Context extends Prover {
  readonly vault: Vault;
  readonly line: Line;
}

/** status 0: no answer, or none of Doorstep. document: the body, {} when it was none. */
export interface Told {
  readonly status: number;
  readonly code: string | null;
  readonly detail: string | null;
  readonly retryAfter: number | null;
  readonly document: Members;
}

const MOST_TRIES = 3;
/** The clock was off, or the network doubled or overtook the request: a new proof is all it takes. */
const ANOTHER_PROOF = ["accounts.proof-clock", "accounts.proof-replayed", "accounts.proof-overtaken"];

/**
 * Asks with a new proof each time. refresh: the token that goes with it, read before each try, because another tab may have
 * been given the next one.
 */
export async function askWithProof(
  context: Context,
  asking: Asking,
  refresh: () => Promise<string | null> = () => Promise.resolve(null),
  dress: (token: string | null) => Partial<Asking> = () => ({}),
): Promise<Told> {
  let told: Told = nothing;
  for (let left = MOST_TRIES; left > 0; left -= 1) {
    const device = await context.vault.device();
    if (!device) throw new Error("the device has no key yet");
    const token = await refresh();
    const dressed = { ...asking, ...dress(token) };
    const proof = await proofOf(context, device, asking.method, asking.path, token);
    told = read(await context.line.send({ ...dressed, headers: { ...dressed.headers, dpop: proof } }));
    if (told.status !== 401 || !ANOTHER_PROOF.includes(told.code ?? "")) return told;
    const time = problemTime(told);
    if (time !== null) await context.vault.keepSkew(time - context.clock());
  }
  return told;
}

const nothing: Told = { status: 0, code: null, detail: null, retryAfter: null, document: {} };

/** The answer as a session reads it. Without a code it was not Doorstep that refused. */
export function read(answer: Answer | null): Told {
  if (answer === null) return nothing;
  const found = readObject(answer.body);
  const code = typeof found.code === "string" ? found.code : null;
  if (answer.status >= 300 && code === null) return nothing;
  const after = Number(answer.headers["retry-after"] ?? Number.NaN);
  return {
    status: answer.status,
    code,
    detail: typeof found.detail === "string" ? found.detail : null,
    retryAfter: Number.isFinite(after) ? after : null,
    document: found,
  };
}

function readObject(body: string): Members {
  try {
    const document: unknown = JSON.parse(body);
    return isObject(document) ? document : {};
  } catch {
    return {};
  }
}

function problemTime(told: Told): number | null {
  const params = told.document.params;
  return isObject(params) && typeof params.server_time === "number" ? params.server_time : null;
}
