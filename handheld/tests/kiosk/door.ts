/**
 * The kiosk's door without HTTP: takes readings as docs/kiosk.md says, and a network that can be cut, that loses answers and is
 * slow. Cards are known by their text.
 */
import { Away, Refusal, type Line } from "../../src/kiosk/station/line";
import { genesis, said, type Head, type Reading } from "../../src/kiosk/station/statements";
import { PRINTED } from "./cases";

export const ENROLMENT_CODE = "7KQ29XZ4";
const ORGANISATION = PRINTED.organisation;

interface Taken {
  readonly reading: Reading;
  readonly digest: string;
  readonly order: "next" | "gap" | "late" | "broken";
}

export class Door {
  /** How the network is: there, cut, asked but the answer is lost, or so slow that nobody waits. */
  network: "there" | "cut" | "answers-lost" | "slow" | "busy" = "there";
  state: "active" | "out-of-service" | "replaced" = "active";
  known = new Map<string, { name: string; tier: string | null }>();
  taken = new Map<string, Taken>();
  forks = 0;
  requests: string[] = [];
  visitors: unknown[] = [];
  consent = "2026-1";
  /** A reading that brings down whoever tries to take it. */
  poison: string | null = null;
  now: () => number;
  private enrolment = "";
  private enrolments = 0;
  private head: Head = { n: 0, digest: "" };

  constructor(now: () => number) {
    this.now = now;
  }

  readonly line: Line = async ({ path, body, headers }) => {
    this.requests.push(path);
    if (this.network === "cut") throw new Away();
    if (this.network === "busy") throw new Away(30_000);
    if (this.network === "slow") return new Promise<never>(() => undefined);
    const answer = await this.answer(path, body as never, headers ?? {});
    if (this.network === "answers-lost") throw new Away();
    return answer;
  };

  /** Put back to a copy made before: it knows less. */
  restore(to: ReadonlyMap<string, Taken>): void {
    this.taken = new Map(to);
    const newest = [...to.values()].reduce<Taken | null>((one, each) => (one && one.reading.n > each.reading.n ? one : each), null);
    this.head = newest ? { n: newest.reading.n, digest: newest.digest } : this.head;
  }

  orders(): string[] {
    return [...this.taken.values()].map((each) => each.order);
  }

  private async answer(path: string, body: never, headers: Readonly<Record<string, string>>): Promise<unknown> {
    if (path === "/kiosk/v1/enrolment") return this.enrol(body);
    if (path === "/kiosk/v1/session") return this.session(headers);
    if (headers["Authorization"] !== `Bearer ${this.enrolment}` || this.state !== "active") {
      throw new Refusal(401, "accounts.session-ended");
    }
    if (path === "/kiosk/v1/station") return this.station();
    if (path === "/kiosk/v1/visitors") return this.register(body);
    return this.readings(body);
  }

  private async enrol({ code }: { readonly code: string }): Promise<unknown> {
    if (code !== ENROLMENT_CODE) throw new Refusal(403, "accounts.code-refused");
    this.enrolments += 1;
    this.enrolment = `01933b6a-0000-7000-8000-0000000e000${this.enrolments}`;
    this.head = await genesis(this.enrolment);
    this.state = "active";
    return this.opened();
  }

  private session(headers: Readonly<Record<string, string>>): unknown {
    const claims = JSON.parse(Buffer.from(headers["DPoP"]?.split(".")[1] ?? "", "base64url").toString()) as { iat: number };
    if (this.state === "replaced") throw new Refusal(401, "accounts.proof-invalid");
    if (Math.abs(claims.iat * 1000 - this.now()) > 300_000) {
      throw new Refusal(401, "accounts.proof-clock", { server_time: this.now() });
    }
    if (this.state === "out-of-service") throw new Refusal(403, "kiosk.out-of-service");
    return this.opened();
  }

  private opened(): unknown {
    return {
      organisation: ORGANISATION,
      kiosk: "01933b6a-0000-7000-8000-0000000d0001",
      enrolment: this.enrolment,
      access_token: this.enrolment,
      expires_in: 900,
      nonce: "nonce",
      server_time: this.now(),
    };
  }

  private station(): unknown {
    const consent = { version: this.consent, zh: "同意", en: "I agree" };
    return {
      organisation: ORGANISATION, organisation_name: "Lakeside Homes", number: 1, name: "Door", sales_centre: "Lakeside",
      locale: "zh", timezone: "Asia/Shanghai", card_keys: PRINTED.card_keys, texts: {}, consent, queue_most: 500, queue_hours: 24,
      head: this.head, server_time: this.now(),
    }; // prettier-ignore
  }

  private register(visitor: { readonly consent: string }): unknown {
    if (visitor.consent !== this.consent) throw new Refusal(409, "kiosk.consent-outdated", { version: this.consent });
    this.visitors.push(visitor);
    return visitor;
  }

  private async readings({ readings }: { readonly readings: readonly string[] }): Promise<unknown> {
    if (this.poison !== null && readings.some((each) => said(each).text === this.poison)) throw new Refusal(422, "core.invalid");
    const answers = [];
    for (const signed of readings) answers.push(await this.take(signed));
    return { answers, head: this.head, nonce: "nonce", server_time: this.now() };
  }

  private async take(signed: string): Promise<unknown> {
    const reading = said(signed);
    const digest = await digestOf(signed);
    const first = await genesis(reading.enrolment);
    // From here on nothing is awaited: two requests with one reading take turns, as in the server's database.
    const rejected = { id: reading.id, outcome: "rejected", name: null, tier: null };
    const earlier = this.taken.get(reading.id);
    if (reading.enrolment !== this.enrolment || (earlier && earlier.digest !== digest)) return rejected;
    if (!earlier) {
      const before = [...this.taken.values()].find((each) => isAt(each, reading, -1));
      if ([...this.taken.values()].some((each) => isAt(each, reading, 0))) {
        this.forks += 1;
        return rejected;
      }
      const expected = reading.n === 1 ? first.digest : before?.digest;
      const broken = expected !== undefined && expected !== reading.previous;
      const order = broken ? "broken" : reading.n === this.head.n + 1 ? "next" : reading.n > this.head.n ? "gap" : "late";
      this.taken.set(reading.id, { reading, digest, order });
      if (reading.n > this.head.n) this.head = { n: reading.n, digest };
    }
    const member = this.known.get(reading.text);
    return { id: reading.id, outcome: member ? "welcome" : "refused", name: member?.name ?? null, tier: member?.tier ?? null };
  }
}

const isAt = (each: Taken, reading: Reading, step: number): boolean =>
  each.reading.enrolment === reading.enrolment && each.reading.n === reading.n + step;

async function digestOf(signed: string): Promise<string> {
  const input = new TextEncoder().encode(signed.slice(0, signed.lastIndexOf(".")));
  return Buffer.from(await crypto.subtle.digest("SHA-256", input)).toString("base64url");
}
