import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { revisionOf, saySize, type Attachment } from "./documents";

/** “PDF · 1.2 MB · Version 2 · Li Na · today 10:05”. One made here has only what was given until the server's is there. */
export function useFacts(attachment: Attachment): string {
  const { person } = useWorkspace();
  const nameFor = useNames();
  const now = useNow();
  const revision = revisionOf(attachment);
  return [
    attachment.form === "pdf" ? "PDF" : i18n._("Picture"),
    saySize(attachment.size),
    revision !== null && revision > 1 ? i18n._("Version {revision}", { revision }) : null,
    nameFor((attachment.added_by as string | undefined) ?? person.user.id),
    sayInstant(attachment.added_at, now, person.organisation.timezone),
  ]
    .filter((each) => each !== null)
    .join(" · ");
}
