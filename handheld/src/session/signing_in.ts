/** Signing in, which enrols: the key is made when there is none, the person's store is found or begun (docs/protocol.md §3). */
import { renumber } from "../queue/pushing";
import type { Storage } from "../store/ports";
import { SCHEMA } from "../wire/collections";
import { isId } from "../wire/ids";
import { isObject, type Members } from "../wire/reading";
import { askWithProof, type Context } from "./asking";
import type { Platform } from "./ports";
import { isRevoked } from "./revoked";
import { tokensOf } from "./session";
import type { DeviceRecord, PersonDetails, PersonRecord } from "./vault";

export interface Credentials {
  readonly organisation: string;
  readonly username: string;
  readonly password: string;
}

/** code: a problem's, "offline" without an answer, "not-doorstep" when something else answered. */
export type SignIn =
  | { readonly done: true }
  | { readonly done: false; readonly code: string; readonly detail: string | null; readonly retryAfter: number | null };

export interface Enrolling extends Context {
  readonly platform: Platform;
  /** The storage of that name, made when it is not there. */
  readonly openStore: (name: string) => Promise<Storage>;
}

export async function signIn(context: Enrolling, given: Credentials): Promise<SignIn> {
  const device = await deviceOf(context);
  const { vault, platform, clock } = context;
  const known = (await vault.people()).find(
    ({ organisation, username }) => same(organisation.code, given.organisation) && same(username, given.username),
  );
  const incarnation = known ? known.incarnation + (known.isStale ? 1 : 0) : 1;
  const told = await askWithProof(context, {
    method: "POST",
    path: "/mobile/v1/session",
    timeout: 30_000,
    body: {
      ...given,
      device: {
        installation: device.installation,
        incarnation,
        name: platform.name,
        platform: platform.platform,
        app_version: platform.appVersion,
        schema: SCHEMA,
        key: device.key.jwk,
      },
    },
  });
  if (told.status === 0) return { done: false, code: "offline", detail: null, retryAfter: null };
  const answer = told.status === 201 ? welcomed(told.document, given.username, clock()) : null;
  if (!answer) {
    if (isRevoked(told) && known) await vault.changePerson(known.store, (person) => ({ ...person, signedIn: false }));
    return { done: false, code: told.code ?? "not-doorstep", detail: told.detail, retryAfter: told.retryAfter };
  }
  const store = `person-${answer.person.organisation.id}-${answer.person.user.id}`;
  // First the queue goes on under the enrolment, then the person is let in: dying between the two costs another sign-in.
  const storage = await context.openStore(store);
  await storage.change((writes) => renumber(writes, answer.enrolment));
  await vault.keepSkew(answer.serverTime - clock());
  const record: PersonRecord = {
    ...answer.person,
    store,
    incarnation,
    isStale: false,
    tokens: answer.tokens,
    signedIn: true,
    signedInAt: clock(),
  };
  await vault.signedIn(record);
  return { done: true };
}

/** The device's name and key, made on first use. */
async function deviceOf({ vault, keys, mint, clock }: Context): Promise<DeviceRecord> {
  const known = await vault.device();
  if (known) return known;
  const made = { installation: mint(clock()), key: await keys.mint(), skew: 0 };
  await vault.setDevice(made);
  return made;
}

function welcomed(document: Members, username: string, now: number) {
  const tokens = tokensOf(document, now);
  const { organisation, user, enrolment } = document;
  if (!tokens || !isId(enrolment) || !isObject(organisation) || !isObject(user)) return null;
  if (!isId(organisation.id) || !isId(user.id)) return null;
  const person = { organisation, user, username } as unknown as PersonDetails;
  return { ...tokens, enrolment, person };
}

function same(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
