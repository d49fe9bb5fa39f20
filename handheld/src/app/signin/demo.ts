/** The accounts of a demo server, which says itself that it is one. Any other names nobody, and nothing is offered. */

export interface DemoAccounts {
  readonly organisation: string;
  readonly password: string;
  readonly users: readonly { readonly username: string; readonly zh: string; readonly en: string }[];
}

export async function readDemo(signal: AbortSignal): Promise<DemoAccounts | null> {
  try {
    const answer = await fetch(`${import.meta.env.BASE_URL}demo.json`, { signal });
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return null;
    const said = (await answer.json()) as DemoAccounts;
    return said.users.length > 0 ? said : null;
  } catch {
    return null; // no network: the form itself says so when it is sent
  }
}
