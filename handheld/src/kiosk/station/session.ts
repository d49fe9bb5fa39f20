/** The kiosk's session: a token that is got again with the key whenever it is needed, and the nonce that makes a reading live. */
import type { ServerClock } from "./clock";
import type { Enrolment } from "./keep";
import { Refusal, type Line, type Request } from "./line";
import { signProof, type Sign } from "./statements";

export interface Opened {
  readonly organisation: string;
  readonly kiosk: string;
  readonly enrolment: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly nonce: string;
  readonly server_time: number;
}

export interface Proving {
  readonly line: Line;
  readonly origin: string;
  readonly clock: ServerClock;
  /** The server said its time. */
  readonly told: (serverTime: number) => void;
  readonly jti: () => string;
}

const PATIENCE_MS = 5_000;
/** A token or nonce that is nearer to its end than this is not used any more. */
const MARGIN_MS = 60_000;

/** Asks with a proof of the key. A clock that the server finds wrong is put right with the time that it says, once. */
export async function askProved(by: Proving, key: JsonWebKey, sign: Sign, path: string, body: object): Promise<Opened> {
  const ask = async (): Promise<Opened> => {
    const proof = await signProof({ method: "POST", url: by.origin + path, at: by.clock.now(), jti: by.jti() }, key, sign);
    return (await by.line({ method: "POST", path, body, headers: { DPoP: proof }, patienceMs: PATIENCE_MS })) as Opened;
  };
  try {
    return await ask();
  } catch (refusal) {
    const time = refusal instanceof Refusal && refusal.code === "accounts.proof-clock" ? refusal.params["server_time"] : null;
    if (typeof time !== "number") throw refusal;
    by.told(time);
    return await ask();
  }
}

export class Session {
  private readonly by: Proving;
  private readonly enrolment: Enrolment;
  private readonly sign: Sign;
  private token = "";
  private until = -Infinity;
  private nonce: string | null = null;
  private nonceUntil = -Infinity;

  constructor(by: Proving, enrolment: Enrolment, sign: Sign) {
    this.by = by;
    this.enrolment = enrolment;
    this.sign = sign;
  }

  /** One that is new already: an enrolment's answer is a session too. */
  take(opened: Opened): void {
    this.by.told(opened.server_time);
    this.token = opened.access_token;
    this.until = this.by.clock.now() + opened.expires_in * 1000;
    this.renew(opened.nonce);
  }

  /** Every answer to readings brings another nonce; it lives as long as a token does. */
  renew(nonce: string): void {
    this.nonce = nonce;
    this.nonceUntil = this.by.clock.now() + 15 * 60_000;
  }

  liveNonce(): string | null {
    return this.by.clock.now() < this.nonceUntil - MARGIN_MS ? this.nonce : null;
  }

  /** Until when nothing has to be asked for. */
  get freshUntil(): number {
    return Math.min(this.until, this.nonceUntil) - 2 * MARGIN_MS;
  }

  /** Rejects with Away or Refusal. */
  async open(): Promise<void> {
    const { key: _, jwk, organisation, kiosk } = this.enrolment;
    this.take(await askProved(this.by, jwk, this.sign, "/kiosk/v1/session", { organisation, kiosk }));
  }

  /** A request with the token; with another one when this one is not taken any more. Rejects with Away or Refusal. */
  async ask(request: Request): Promise<unknown> {
    if (this.by.clock.now() >= this.until - MARGIN_MS) await this.open();
    try {
      return await this.send(request);
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.status !== 401) throw refusal;
      await this.open();
      return await this.send(request);
    }
  }

  private send(request: Request): Promise<unknown> {
    return this.by.line({ ...request, headers: { ...request.headers, Authorization: `Bearer ${this.token}` } });
  }
}
