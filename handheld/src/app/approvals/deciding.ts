/** Sending a decision: queued like all work, or at once with the password when it is above the limit. */
import type { Shown, Workspace } from "../../device/api";
import { i18n } from "../../i18n";
import { discard, troubles } from "../mend/items";
import { sayProblem } from "../words/problems";
import type { Answer } from "./standing";

type Part = Shown<"approvals">;

const seenBy = (part: Part, comment: string) => ({
  revision: part.revision,
  content_hash: part.content_hash,
  comment: comment.trim() === "" ? null : comment.trim(),
});

/** Kept on this device and sent when it can. The row shows no new state: nothing is decided before the server says so. */
export async function decideLater(workspace: Workspace, part: Part, answer: Answer, comment: string, draft: string): Promise<void> {
  const values = seenBy(part, comment);
  const refused = await workspace.read(troubles);
  await workspace.act(
    (group) => {
      group.act("approvals", answer, part.id, values, { comment: values.comment });
    },
    { draft },
  );
  // What was refused before is overtaken by this decision.
  for (const each of refused) if (each.collection === "approvals" && each.row === part.id) await discard(workspace, each);
}

/** null: decided and confirmed. Else why not, and whether it is about the password. */
export type NotDecided = { readonly text: string; readonly isPassword: boolean } | null;

/** At once, with the password. Nothing of it is queued: what is not answered has not been decided. */
export async function decideNow(workspace: Workspace, part: Part, answer: Answer, comment: string, password: string): Promise<NotDecided> {
  const confirmed = await workspace.ask("POST", "/api/v1/session/confirm", { password });
  if (confirmed.offline) return { text: i18n._("There is no network. Nothing was decided."), isPassword: false };
  if (confirmed.code === "accounts.sign-in-refused") return { text: i18n._("That is not your password."), isPassword: true };
  if (confirmed.code !== null) return { text: sayProblem(confirmed.code, paramsOf(confirmed.body)), isPassword: false };
  const decided = await workspace.ask("POST", `/api/v1/approvals/${part.id}/${answer}`, seenBy(part, comment));
  if (decided.offline) return { text: i18n._("The network went away. Look again whether it was decided."), isPassword: false };
  if (decided.code !== null) return { text: sayProblem(decided.code, paramsOf(decided.body)), isPassword: false };
  await workspace.sync.now();
  return null;
}

function paramsOf(body: unknown): Readonly<Record<string, unknown>> {
  const params = typeof body === "object" && body !== null && "params" in body ? body.params : null;
  return typeof params === "object" && params !== null ? (params as Readonly<Record<string, unknown>>) : {};
}
