/** When the device syncs: at start, when something was done, when the line or the screen comes back, and from time to time. */
import type { Bearer } from "../session/session";
import type { Line } from "../session/ports";
import type { Storage } from "../store/ports";
import { loadState } from "../store/state";
import { isObject } from "../wire/reading";
import { exchanged, type Exchanged } from "./answers";
import type { Exchanger } from "./exchange";
import { HIDDEN, REFUSED, backoff } from "./pauses";
import { report, type Trouble } from "./status";
import type { Uploaded } from "./uploading";

export interface LoopPorts {
  readonly storage: Storage;
  readonly exchanger: Exchanger;
  readonly line: Line;
  readonly bearer: (refused: string | null) => Promise<Bearer>;
  readonly clock: () => number;
  readonly chance: () => number;
  /** Resolves after that many ms, or when the signal is raised. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly isOnline: () => boolean;
  readonly isVisible: () => boolean;
  /** Sends pictures, as long as isWanted says so. */
  readonly upload: (token: string, signal: AbortSignal, isWanted: () => boolean) => Promise<Uploaded>;
  /** The queue can not go on under its enrolment: the next sign-in takes a new one. */
  readonly onStale: () => Promise<void>;
  readonly onRevoked: (wipe: boolean) => Promise<void>;
}

const EXCHANGE_TIMEOUT = 60_000;
/** The server answers after 25 s at most. */
const WAIT_TIMEOUT = 40_000;
const WAIT_LEAST = 1_000;

export class SyncLoop {
  readonly #ports: LoopPorts;
  readonly #stopped = new AbortController();
  #waking = new AbortController();
  #failures = 0;
  #notBefore = 0;
  /** Of the pause to come, the same that the person is told. */
  #length = 0;
  #total = 0;

  constructor(ports: LoopPorts) {
    this.#ports = ports;
  }

  /** Something was done, or came back: sync as soon as the server may be asked. */
  nudge(): void {
    this.#waking.abort();
  }

  stop(): void {
    this.#stopped.abort();
    this.#waking.abort();
  }

  /** Runs until it is stopped or the device is shut out. One at a time over all tabs: the caller holds the lock. */
  async run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#waking = new AbortController();
      const over = await this.#attempt();
      if (over === null || this.#stopped.signal.aborted) return;
      await this.#pause(over);
    }
  }

  /** One sync with its report. null: shut out. */
  async #attempt(): Promise<Exchanged | null> {
    const { storage, clock, isOnline } = this.#ports;
    if (!isOnline()) {
      await report(storage, (now) => ({ ...now, attempts: now.attempts + 1, syncing: false, progress: null, trouble: null }));
      return exchanged("later");
    }
    await report(storage, (now) => ({ ...now, syncing: true }));
    const last = await this.#sync();
    if (last === null) return null;
    const isDone = last.step === "done";
    this.#failures = isDone ? 0 : this.#failures + 1;
    const trouble = isDone ? null : this.#troubleOf(last);
    await report(storage, (now) => ({
      attempts: now.attempts + 1,
      syncing: false,
      lastSync: isDone ? clock() : now.lastSync,
      progress: null,
      trouble,
    }));
    return last;
  }

  /** Exchanges until the queue is empty and a complete checkpoint is adopted, or something stands in the way. */
  async #sync(): Promise<Exchanged | null> {
    let refused: string | null = null;
    this.#total = 0;
    for (;;) {
      const bearer = await this.#ports.bearer(refused);
      if (bearer.kind === "revoked") return this.#revoked(bearer.wipe);
      if (bearer.kind === "sign-in") return exchanged("sign-in", { code: bearer.code });
      if (bearer.kind === "later") return exchanged("later", { code: bearer.code, retryAfter: bearer.retryAfter });
      const last = await this.#exchange(bearer.token);
      if (last.code === "accounts.device-revoked") return this.#revoked(last.params.wipe === true);
      if (last.step === "done") {
        const uploaded = await this.#ports.upload(bearer.token, this.#stopped.signal, () => !this.#waking.signal.aborted);
        if (uploaded === "all") return last;
        if (uploaded === "waiting") return exchanged("later", { code: "files-waiting" });
        this.#waking = new AbortController(); // something was done meanwhile: operations go before pictures
      } else if (last.step === "sign-in") {
        // One new token; when that is refused too, it is not the token (docs/protocol.md §12).
        if (refused !== null) return { ...last, step: "later" };
        refused = bearer.token;
      } else if (last.step !== "more") {
        if (last.step === "enrol" && last.code !== "sync.wrong-enrolment") await this.#ports.onStale();
        return last;
      }
      if (this.#stopped.signal.aborted) return exchanged("later");
      await this.#progress(last);
    }
  }

  async #exchange(token: string): Promise<Exchanged> {
    const { exchanger, line } = this.#ports;
    const request = await exchanger.prepare();
    const answer = await line.send({
      method: "POST",
      path: "/mobile/v1/exchange",
      headers: { authorization: `Bearer ${token}` },
      body: request.body,
      timeout: EXCHANGE_TIMEOUT,
      signal: this.#stopped.signal,
    });
    return answer ? exchanger.receive(request, answer) : exchanged("later");
  }

  async #revoked(wipe: boolean): Promise<null> {
    await report(this.#ports.storage, (now) => ({ ...now, attempts: now.attempts + 1, syncing: false, progress: null }));
    await this.#ports.onRevoked(wipe);
    return null;
  }

  /** Says how far a sync of several pages has come. */
  async #progress({ remaining }: Exchanged): Promise<void> {
    if (remaining === null) return;
    const { staging } = await this.#ports.storage.read(loadState);
    const done = staging?.rows ?? 0;
    // The server's figure is rough: the whole never shrinks below what has come, and a bar never runs backwards.
    this.#total = Math.max(this.#total, done + remaining);
    await report(this.#ports.storage, (now) => ({ ...now, progress: { done, total: this.#total } }));
  }

  #troubleOf(last: Exchanged): Trouble {
    const { clock, chance } = this.#ports;
    const said = { code: last.code ?? last.notice?.code ?? null, detail: last.detail, requestId: last.requestId };
    const kind = kindOf(last);
    this.#length = kind === "later" ? backoff(this.#failures, chance(), last.retryAfter) : REFUSED;
    this.#notBefore = last.retryAfter === null ? 0 : clock() + last.retryAfter * 1000;
    return { ...said, kind, retryAt: kind === "sign-in" ? null : clock() + this.#length };
  }

  /** Until there is a reason to sync again. A nudge ends any pause, except one that the server asked for. */
  async #pause(last: Exchanged): Promise<void> {
    const { clock, sleep, isOnline, isVisible } = this.#ports;
    const { signal } = this.#waking;
    if (last.step === "done") {
      if (!isVisible() || !isOnline()) return sleep(HIDDEN, signal);
      return this.#wait(signal);
    }
    // Without a line or a sign-in there is nothing to try: the browser, or the person, says when.
    await sleep(isOnline() ? this.#length : HIDDEN, signal);
    const left = this.#notBefore - clock();
    if (left > 0) await sleep(left, this.#stopped.signal);
  }

  /** Idle and looked at: the server says when there is news (docs/protocol.md §13, M28). */
  async #wait(signal: AbortSignal): Promise<void> {
    const { storage, line, bearer, sleep } = this.#ports;
    const { checkpoint } = await storage.read(loadState);
    let failures = 0;
    while (!signal.aborted && this.#ports.isVisible() && this.#ports.isOnline()) {
      const held = await bearer(null);
      if (held.kind !== "bearer") return;
      const answer = await line.send({
        method: "GET",
        path: `/mobile/v1/wait?head=${checkpoint.head}`,
        headers: { authorization: `Bearer ${held.token}` },
        timeout: WAIT_TIMEOUT,
        signal,
      });
      if (signal.aborted) return;
      const told = answer?.status === 200 ? parsed(answer.body) : null;
      if (told && told.head !== checkpoint.head) return;
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) return;
      failures = told ? 0 : failures + 1;
      await sleep(told ? Math.max(WAIT_LEAST, told.retryAfter * 1000) : backoff(failures, this.#ports.chance(), null), signal);
    }
  }
}

function kindOf(last: Exchanged): Trouble["kind"] {
  switch (last.step) {
    case "sign-in":
    case "enrol":
      return "sign-in";
    case "upgrade":
      return "upgrade";
    case "blocked":
      return "blocked";
    case "done":
    case "more":
    case "later":
      return "later";
  }
}

function parsed(body: string): { readonly head: number; readonly retryAfter: number } | null {
  try {
    const read: unknown = JSON.parse(body);
    if (!isObject(read) || typeof read.head !== "number") return null;
    return { head: read.head, retryAfter: typeof read.retry_after === "number" ? read.retry_after : 0 };
  } catch {
    return null;
  }
}
