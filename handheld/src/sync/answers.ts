/** What the device does with each possible answer to an exchange: the table of docs/protocol.md §12, in code. */
import { reopen, settle } from "../queue/pushing";
import type { Storage } from "../store/ports";
import { epochOf, hasPending, loadState, wouldAsk } from "../store/state";
import { parseAnswer, type ExchangeAnswer, type Notice } from "../wire/answer";
import type { Cursor } from "../wire/cursors";
import { MalformedAnswer, isObject, type Members } from "../wire/reading";
import { goesBack, take } from "./pulling";

/**
 * done: nothing to send, a complete checkpoint adopted. more: exchange again at once. later: again after a while, at the latest
 * when the line is back. sign-in: a new token is needed. enrol: sign in as a new incarnation, then go on under its enrolment.
 * upgrade: tell the person to update the app. revoked: hand in the queue. blocked: the server refuses this client; tell the
 * person. Whatever it is, the queue is kept.
 */
export type Step = "done" | "more" | "later" | "sign-in" | "enrol" | "upgrade" | "blocked";

/** What to do after an exchange, and why. retryAfter: seconds the server asked to wait. */
export interface Exchanged {
  readonly step: Step;
  readonly code: string | null;
  readonly params: Members;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly notice: Notice | null;
  readonly remaining: number | null;
  readonly serverTime: number | null;
}

export function exchanged(step: Step, rest: Partial<Exchanged> = {}): Exchanged {
  return {
    step,
    code: null,
    params: {},
    detail: null,
    requestId: null,
    retryAfter: null,
    notice: null,
    remaining: null,
    serverTime: null,
    ...rest,
  };
}

/** The outcome for the device's batching. smaller: push less at once. holdBack: push only below this number. */
export interface Taken {
  readonly exchanged: Exchanged;
  readonly smaller?: boolean;
  readonly holdBack?: number;
}

/** What has to be known of the request to judge its answer. */
export interface Asked {
  readonly enrolment: string;
  /** Numbers pushed, in order. */
  readonly numbers: readonly number[];
  readonly cursor: Cursor | null;
}

/** An answer as it came. headers: names in lower case. body: the text, unpacked. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** In place of the body, of an answer that is a picture, a PDF or a table. */
  readonly file?: Blob;
}

/** Takes an answer in. Two transactions at most, verdicts, then rows; dying between the two costs one repeated answer. */
export async function takeAnswer(storage: Storage, asked: Asked, answer: Answer): Promise<Taken> {
  const document = readJson(answer.body);
  if (answer.status === 200) {
    let parsed: ExchangeAnswer;
    try {
      parsed = parseAnswer(document);
    } catch (error) {
      if (error instanceof MalformedAnswer) return { exchanged: exchanged("later", { code: "sync.malformed-answer" }) };
      throw error;
    }
    return { exchanged: { ...(await takeParsed(storage, asked, parsed)), serverTime: parsed.serverTime } };
  }
  return refused(storage, asked, answer, isObject(document) ? document : {});
}

async function takeParsed(storage: Storage, asked: Asked, answer: ExchangeAnswer): Promise<Exchanged> {
  const { pull, notice, decisions } = answer;
  let moved = false;
  if (decisions) {
    moved = await storage.change(async (writes) => {
      const state = await loadState(writes);
      const epoch = pull ? pull.cursor.epoch : epochOf(state.checkpoint);
      return settle(writes, state, asked.enrolment, asked.numbers, decisions, epoch);
    });
  }
  const retry = decisions?.some((each) => each.verdict === "retry") ?? false;
  return storage.change(async (writes) => {
    const before = await loadState(writes);
    const pending = hasPending(before);
    if (!pull) {
      if (pending && moved && !retry) return exchanged("more", { notice });
      return exchanged(notice && !pending ? "upgrade" : "later", { notice });
    }
    // The device has gone on since it asked: adopting this would put older rows over newer ones (M13).
    if (!wouldAsk(before, asked.cursor)) return exchanged(pending || before.staging ? "more" : "done", { notice });
    if (goesBack(before, asked.cursor, answer, pull)) return exchanged("later", { code: "sync.stale-answer", notice });
    const tookRows = await take(writes, before, pull, answer.head);
    const { remaining } = pull;
    if (retry) return exchanged("later", { code: "sync.later", notice, remaining });
    if (pull.complete && !hasPending(await loadState(writes))) return exchanged("done", { notice, remaining: 0 });
    return exchanged(tookRows || moved ? "more" : "later", { notice, remaining });
  });
}

async function refused(storage: Storage, asked: Asked, answer: Answer, problem: Members): Promise<Taken> {
  const { status } = answer;
  const code = typeof problem.code === "string" ? problem.code : null;
  const params = isObject(problem.params) ? problem.params : {};
  const said = {
    code,
    params,
    detail: typeof problem.detail === "string" ? problem.detail : null,
    requestId: typeof problem.request_id === "string" ? problem.request_id : null,
    retryAfter: seconds(answer.headers["retry-after"]),
  };
  const as = (step: Step): Taken => ({ exchanged: exchanged(step, said) });
  if (status === 401) return as("sign-in");
  if (status === 413 && asked.numbers.length > 1) return { ...as("more"), smaller: true };
  if (code === "sync.gap" && typeof params.expected === "number") return as(await afterGap(storage, asked, params.expected));
  if (code === "sync.reused-n" && typeof params.n === "number" && asked.numbers.includes(params.n)) {
    return { ...as("more"), holdBack: params.n };
  }
  if (code === "sync.wrong-enrolment") return as("enrol");
  if (code === "sync.unknown-protocol") return as("upgrade");
  // Without a code it is not Doorstep that answered: a proxy, a captive portal.
  const passes = [408, 425, 429].includes(status) || status >= 500 || code === null;
  return as(passes ? "later" : "blocked");
}

async function afterGap(storage: Storage, asked: Asked, expected: number): Promise<Step> {
  return storage.change(async (writes) => {
    const state = await loadState(writes);
    if (asked.enrolment !== state.counters.enrolment) return "more";
    if (asked.numbers[0] === expected) return "blocked";
    return (await reopen(writes, state, expected)) ? "more" : "enrol";
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
