/** One person's session on this device: a token that is fresh when it is needed (docs/protocol.md §3, M4). */
import { askWithProof, type Context } from "./asking";
import type { Lock } from "./ports";
import { isRevoked } from "./revoked";
import type { Tokens } from "./vault";
import type { Members } from "../wire/reading";

/** A token this near to its end is refreshed first. */
const EARLY = 60_000;

/** bearer: a token to ask with. later: no way to get one now. sign-in: the person has to. revoked: hand in the queue. */
export type Bearer =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "later"; readonly code: string | null; readonly retryAfter: number | null }
  | { readonly kind: "sign-in"; readonly code: string | null }
  | { readonly kind: "revoked"; readonly wipe: boolean };

export class Session {
  readonly #context: Context;
  readonly #store: string;
  readonly #lock: Lock;

  constructor(context: Context, store: string, lock: Lock) {
    this.#context = context;
    this.#store = store;
    this.#lock = lock;
  }

  /** refused: a token that the server has just refused; another one is got, by whichever tab comes first. */
  async bearer(refused: string | null = null): Promise<Bearer> {
    const known = await this.#tokens();
    if (known && this.#isFresh(known, refused)) return { kind: "bearer", token: known.access };
    return this.#lock(`session:${this.#store}`, async () => {
      const now = await this.#tokens();
      if (!now) return { kind: "sign-in", code: null };
      return this.#isFresh(now, refused) ? { kind: "bearer", token: now.access } : this.#refresh(now, refused);
    });
  }

  /** Says goodbye to the server as far as it can be reached; the session here is over either way. */
  async signOut(): Promise<void> {
    const person = await this.#context.vault.person(this.#store);
    if (!person) return;
    const token = person.tokens?.access;
    await this.#context.vault.signedOut(person);
    if (token) {
      const headers = { authorization: `Bearer ${token}` };
      await this.#context.line.send({ method: "DELETE", path: "/mobile/v1/session", headers, timeout: 5000 });
    }
  }

  async #refresh(tokens: Tokens, refused: string | null): Promise<Bearer> {
    const { vault, clock } = this.#context;
    let newest = tokens;
    const told = await askWithProof(
      this.#context,
      { method: "POST", path: "/mobile/v1/session/refresh", timeout: 30_000 },
      async () => {
        newest = (await this.#tokens()) ?? newest;
        return newest.refresh;
      },
      (token) => ({ body: { refresh_token: token } }),
    );
    const next = told.status === 200 ? tokensOf(told.document, clock()) : null;
    if (next) {
      await vault.changePerson(this.#store, (person) => ({ ...person, tokens: next.tokens }));
      await vault.keepSkew(next.serverTime - clock());
      return { kind: "bearer", token: next.access };
    }
    const revoked = isRevoked(told);
    if (revoked) return { kind: "revoked", wipe: revoked.wipe };
    if (told.status === 401) return { kind: "sign-in", code: told.code };
    // A refresh that fails takes nothing away: what is not over yet still opens the door.
    const isGood = newest.access !== null && newest.access !== refused && clock() < newest.until;
    if (isGood && newest.access !== null) return { kind: "bearer", token: newest.access };
    return { kind: "later", code: told.code, retryAfter: told.retryAfter };
  }

  async #tokens(): Promise<Tokens | null> {
    const person = await this.#context.vault.person(this.#store);
    return person?.signedIn ? person.tokens : null;
  }

  #isFresh(tokens: Tokens, refused: string | null): tokens is Tokens & { readonly access: string } {
    return tokens.access !== null && tokens.access !== refused && this.#context.clock() < tokens.until - EARLY;
  }
}

/** The tokens of an answer, null when it has not that shape. now: this clock's. */
export function tokensOf(
  document: Members,
  now: number,
): { readonly tokens: Tokens; readonly access: string; readonly serverTime: number } | null {
  const { access_token: access, refresh_token: refresh, expires_in: seconds, server_time: serverTime } = document;
  if (typeof access !== "string" || typeof refresh !== "string") return null;
  if (typeof seconds !== "number" || typeof serverTime !== "number") return null;
  return { tokens: { access, refresh, until: now + seconds * 1000 }, access, serverTime };
}

