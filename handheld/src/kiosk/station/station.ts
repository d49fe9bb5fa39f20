/**
 * The kiosk without its screen: reads, keeps, sends, and always answers. Every reading is signed and on disk before it is sent,
 * so an answer that is lost costs nothing; all go through one queue in the order of their numbers. docs/kiosk.md.
 */
import { verifyPrinted, type Verdict } from "../cards/printed";
import { kindOf } from "../cards/shapes";
import type { Answer, Closed, Registered, State, Surroundings, Visitor } from "./api";
import type { ServerClock } from "./clock";
import type { Enrolment, Queued, StationFacts } from "./keep";
import { Away, Refusal } from "./line";
import { Readings } from "./readings";
import { askProved, Session, type Proving } from "./session";
import type { Source } from "./statements";

interface Entered {
  readonly answers: readonly { readonly outcome: string; readonly name: string | null; readonly tier: string | null }[];
  readonly nonce: string;
  readonly server_time: number;
}

/** Longer than this nobody stands and waits; the reading is on disk, and he is told that. */
const ANSWER_MS = 3_500;
const PATIENCE_MS = 8_000;
const PATIENCE_FOR_MANY_MS = 30_000;
const BATCH = 100;
const SAME_ARRIVAL_MS = 10 * 60_000;
const FACTS_MS = 10 * 60_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
const RETRY_MOST_MS = 15_000;
const CLOSED_MS = 60_000;
const CLOSES: Readonly<Record<string, Closed>> = {
  "kiosk.out-of-service": "out-of-service",
  "accounts.proof-invalid": "replaced",
};

export class Station {
  private readonly by: Surroundings;
  private readonly readings: Readings;
  private readonly listeners = new Set<() => void>();
  /** Readings that somebody waits for; null: the server did not answer. */
  private readonly expected = new Map<string, (answer: Answer | null) => void>();
  private readonly queuedAt = new Map<string, number>();
  private proving: Proving;
  private session: Session | null = null;
  private state: State = { kind: "starting" };
  private facts: StationFacts | null = null;
  private factsAt = -Infinity;
  private talking = false;
  private again = false;
  private failures = 0;
  private cancel = (): void => undefined;

  constructor(by: Surroundings) {
    this.by = by;
    this.readings = new Readings(by.keep);
    this.proving = this.provingWith(by.clock(0));
  }

  get(): State {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes up what is on disk; works from then on, with or without a network. */
  async start(): Promise<void> {
    const { enrolment, facts, head, ahead } = await this.by.keep.load();
    this.proving = this.provingWith(this.by.clock(ahead));
    if (!enrolment || !head) return this.become({ kind: "unenrolled" });
    const sign = this.by.signer(enrolment.key);
    this.readings.resume(enrolment.enrolment, sign, head);
    await this.open(new Session(this.proving, enrolment, sign), facts);
  }

  /** Binds a new key with a one-time code. Returns the code of the refusal, "away", or null when it is done. */
  async enrol(organisation: string, kiosk: number, code: string): Promise<string | null> {
    try {
      const { key, jwk } = await this.by.makeKey();
      const sign = this.by.signer(key);
      const body = { organisation, kiosk, code, app_version: this.by.appVersion, key: jwk };
      const opened = await askProved(this.proving, jwk, sign, "/kiosk/v1/enrolment", body);
      const enrolment: Enrolment = {
        organisation: opened.organisation, kiosk: opened.kiosk, enrolment: opened.enrolment, key, jwk,
      }; // prettier-ignore
      await this.readings.begin(enrolment, sign);
      const session = new Session(this.proving, enrolment, sign);
      session.take(opened);
      await this.open(session, null);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      if (error instanceof Away) return "away";
      throw error;
    }
  }

  /** Reads what was shown. Always answers, and within ANSWER_MS. */
  async read(text: string, source: Source): Promise<Answer> {
    const kind = kindOf(text);
    if (kind === null || this.state.kind !== "ready" || this.state.closed) return { kind: "refused" };
    const verdict = kind === "printed" ? await this.verified(text) : "unknown";
    const later: Answer = verdict === "refused" ? { kind: "refused" } : { kind: "noted", proved: verdict === "genuine" };
    const isAway = this.state.online === false;
    if (isAway && this.wasQueued(text)) return later;
    const id = this.newId();
    const answered = new Promise<Answer | null>((resolve) => this.expected.set(id, resolve));
    try {
      if (!(await this.add(id, text, source))) return { kind: "refused" };
      this.talk();
      const answer = isAway ? later : ((await this.orAfter(ANSWER_MS, answered, null)) ?? later);
      // What the server refused may be right a minute later: a card that is unblocked meanwhile.
      if (isAway || answer.kind !== "refused") this.queuedAt.set(text, this.proving.clock.now());
      return answer;
    } finally {
      this.expected.delete(id);
    }
  }

  /** Hands in who registered. Nothing of it is kept here, on disk or otherwise. */
  async register(visitor: Visitor): Promise<Registered> {
    if (!this.session) return { kind: "away" };
    try {
      await this.session.ask({ method: "POST", path: "/kiosk/v1/visitors", body: visitor, patienceMs: PATIENCE_MS });
      return { kind: "taken" };
    } catch (error) {
      if (!(error instanceof Refusal)) return { kind: "away" };
      if (error.code === "kiosk.consent-outdated") await this.learn(this.session).catch(() => undefined);
      return { kind: "refused", code: error.code };
    }
  }

  newId(): string {
    return this.by.mint(this.proving.clock.now());
  }

  /** The machine found or lost its network. */
  networkChanged(isThere: boolean): void {
    if (!isThere) return this.online(false);
    this.failures = 0;
    this.talk();
  }

  private async verified(text: string): Promise<Verdict> {
    if (!this.facts) return "unknown";
    return verifyPrinted(text, this.facts.organisation, this.facts.card_keys);
  }

  /** Within ten minutes it is the same arrival, and there is no need to fill the queue with it. */
  private wasQueued(text: string): boolean {
    const oldest = this.proving.clock.now() - SAME_ARRIVAL_MS;
    for (const [each, at] of this.queuedAt) if (at < oldest) this.queuedAt.delete(each);
    return this.queuedAt.has(text);
  }

  private async add(id: string, text: string, source: Source): Promise<boolean> {
    const limits = { most: this.facts?.queue_most ?? 500, hours: this.facts?.queue_hours ?? 24 };
    const shown = { id, text, source, at: this.proving.clock.now(), nonce: this.liveNonce() };
    return this.readings.add(shown, limits).catch(() => false).finally(() => this.counted());
  }

  private liveNonce(): string | null {
    return this.state.kind === "ready" && this.state.online === false ? null : (this.session?.liveNonce() ?? null);
  }

  private orAfter<T>(ms: number, wanted: Promise<T>, otherwise: T): Promise<T> {
    return new Promise((resolve) => {
      const cancel = this.by.after(ms, () => resolve(otherwise));
      void wanted.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }

  private async open(session: Session, facts: StationFacts | null): Promise<void> {
    this.session = session;
    this.facts = facts;
    this.factsAt = -Infinity;
    await this.ready(null, null);
    this.talk();
  }

  /** Learns and sends what waits: now, one conversation at a time, and again by itself. */
  private talk(): void {
    this.again = true;
    if (this.talking || !this.session) return;
    this.cancel();
    this.talking = true;
    this.again = false;
    const session = this.session;
    void this.conversation(session)
      .catch((error: unknown) => (session === this.session ? this.failed(error) : 0))
      .catch(() => RETRY_MOST_MS)
      .then((ms) => {
        this.talking = false;
        if (this.again) this.talk();
        else this.cancel = this.by.after(ms, () => this.talk());
      });
  }

  /** Returns after how many milliseconds the next one is due. */
  private async conversation(session: Session): Promise<number> {
    const { clock } = this.proving;
    if (clock.now() >= session.freshUntil) await session.open();
    const state = this.state;
    const isNew = state.kind !== "ready" || state.online !== true || state.closed !== null;
    if (isNew || clock.now() - this.factsAt > FACTS_MS) await this.learn(session);
    await this.push(session);
    this.failures = 0;
    await this.ready(true, null);
    return Math.max(session.freshUntil - clock.now(), 1_000);
  }

  private async failed(error: unknown): Promise<number> {
    this.again = false;
    const closed = error instanceof Refusal ? CLOSES[error.code] : undefined;
    if (closed) {
      await this.ready(true, closed);
      return CLOSED_MS;
    }
    this.online(false);
    for (const tell of this.expected.values()) tell(null);
    const asked = error instanceof Away ? error.retryAfterMs : null;
    const wait = asked ?? RETRY_MS[this.failures] ?? RETRY_MOST_MS;
    this.failures += 1;
    return wait;
  }

  private async learn(session: Session): Promise<void> {
    const facts = (await session.ask({ method: "GET", path: "/kiosk/v1/station", patienceMs: PATIENCE_MS })) as StationFacts;
    this.proving.told(facts.server_time);
    await this.by.keep.setFacts(facts);
    this.facts = facts;
    this.factsAt = this.proving.clock.now();
    if (this.state.kind === "ready") this.become({ ...this.state, facts });
    await this.readings.settle(facts.head);
  }

  /** Sends what waits, oldest first, until nothing does. A request that the server cannot take is sent again one by one. */
  private async push(session: Session): Promise<void> {
    let most = BATCH;
    for (;;) {
      const batch = await this.readings.waiting(most);
      if (batch.length === 0) return;
      try {
        const body = { readings: batch.map((each) => each.signed) };
        const patienceMs = batch.length > 1 ? PATIENCE_FOR_MANY_MS : PATIENCE_MS;
        const entered = (await session.ask({ method: "POST", path: "/kiosk/v1/readings", body, patienceMs })) as Entered;
        this.proving.told(entered.server_time);
        session.renew(entered.nonce);
        await this.answered(batch, entered);
        most = BATCH;
      } catch (error) {
        if (!(error instanceof Refusal) || [401, 403, 408].includes(error.status)) throw error;
        if (batch.length === 1) await this.answered(batch, null);
        most = 1;
      }
    }
  }

  private async answered(batch: readonly Queued[], entered: Entered | null): Promise<void> {
    await this.readings.remove(batch);
    batch.forEach((each, place) => {
      const { outcome, name, tier } = entered?.answers[place] ?? { outcome: "refused", name: null, tier: null };
      this.expected.get(each.id)?.(outcome === "welcome" ? { kind: "welcome", name: name ?? "", tier } : { kind: "refused" });
    });
    await this.counted();
  }

  private provingWith(clock: ServerClock): Proving {
    const { line, origin, jti, keep } = this.by;
    const told = (time: number): void => {
      const ahead = clock.told(time);
      if (ahead !== null) void keep.setAhead(ahead).catch(() => undefined);
    };
    return { line, origin, jti, clock, told };
  }

  private async ready(online: boolean | null, closed: Closed | null): Promise<void> {
    this.become({ kind: "ready", facts: this.facts, online, waiting: await this.readings.count(), closed });
  }

  private async counted(): Promise<void> {
    const waiting = await this.readings.count().catch(() => 0);
    if (this.state.kind === "ready") this.become({ ...this.state, waiting });
  }

  private online(online: boolean): void {
    if (this.state.kind === "ready") this.become({ ...this.state, online });
  }

  private become(state: State): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
