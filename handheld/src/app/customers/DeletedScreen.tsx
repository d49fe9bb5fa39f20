import Button from "../parts/Button";
import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Note, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayDate, sayInstant } from "../words/times";
import { askDeleted, restore, type Deleted, type DeletedPage } from "./restoring";

/** Customers who can be restored still. Asked of the office; needs a network. */
export function DeletedScreen() {
  const workspace = useWorkspace();
  const say = useSnack();
  const nameOf = useNames();
  const now = useNow();
  const status = useSyncStatus();
  const [unsent, online] = [status?.unsent ?? 0, status?.online ?? true];
  const [found, setFound] = useState<DeletedPage | null | undefined>(undefined);
  const [busy, setBusy] = useState<string | null>(null);
  // Asked anew when what was deleted here has arrived there, and when the network is back.
  useEffect(() => {
    let wanted = true;
    void askDeleted(workspace).then((told) => {
      if (wanted) setFound(told);
    });
    return () => {
      wanted = false;
    };
  }, [workspace, unsent, online]);
  const bring = async ({ id, name }: Deleted) => {
    setBusy(id);
    const isBack = await restore(workspace, id);
    setBusy(null);
    if (isBack) setFound((known) => known && { ...known, items: known.items.filter((each) => each.id !== id) });
    say(isBack ? i18n._("{name} is back.", { name }) : i18n._("The office could not be reached; nothing was changed."));
  };
  const more = async () => {
    const next = await askDeleted(workspace, found?.next ?? null);
    if (next) setFound((known) => ({ items: [...(known?.items ?? []), ...next.items], next: next.next }));
    else say(i18n._("The office could not be reached; nothing was changed."));
  };
  return (
    <Screen title={i18n._("Deleted customers")} back="/me">
      {found === null && <Note tone="warn">{i18n._("This list needs a network.")}</Note>}
      {found && (
        <Block>
          {found.items.length === 0 && (
            <Empty title={i18n._("Nobody was deleted in the last thirty days")}>
              {i18n._("A deleted customer can be restored here for thirty days.")}
            </Empty>
          )}
          <ul>
            {found.items.map((each) => (
              <li key={each.id}>
                <Row
                  title={each.name}
                  sub={i18n._("of {owner} · deleted by {by}, {when} · can be restored until {day}", {
                    owner: each.owner_name,
                    by: nameOf(each.deleted_by),
                    when: sayInstant(Date.parse(each.deleted_at), now, workspace.person.organisation.timezone),
                    day: sayDate(each.restorable_until, each.deleted_at),
                  })}
                  right={
                    <Button fill="outline" loading={busy === each.id} disabled={busy !== null} onClick={() => void bring(each)}>
                      {i18n._("Restore")}
                    </Button>
                  }
                />
              </li>
            ))}
          </ul>
          {found.next !== null && (
            <Button fill="outline" onClick={() => void more()}>
              {i18n._("Show more")}
            </Button>
          )}
        </Block>
      )}
    </Screen>
  );
}
