import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { LineField } from "../parts/Field";
import type { Claim } from "../rows/expenses";
import Button from "../parts/Button";

const TITLE_MOST = 120;

/** What the claim is called, for whoever decides about it. */
export function ClaimTitle({ claim }: { readonly claim: Claim }) {
  const workspace = useWorkspace();
  const form = `expense:title:${claim.id}`;
  const draft = useDraft(form, { title: claim.title });
  if (!draft.value) return null;
  const { title } = draft.value;
  const changed = title.trim() !== "" && title.trim() !== claim.title;
  const save = () =>
    workspace.act(
      (group) => {
        group.update("expense_claims", claim.id, { title: title.trim() });
      },
      { draft: form },
    );
  return (
    <>
      <LineField
        label={i18n._("Title")}
        value={title}
        most={TITLE_MOST}
        onChange={(typed) => {
          draft.set({ title: typed });
        }}
        onEnter={() => {
          if (changed) void save();
        }}
      />
      {changed && (
        <Button fill="outline" onClick={() => void save()}>
          {i18n._("Save the title")}
        </Button>
      )}
    </>
  );
}
