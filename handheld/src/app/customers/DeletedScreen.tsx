import Button from "../parts/Button";
import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive, useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Note, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { useNow, useToday } from "../words/now";
import { sayDate, sayInstant } from "../words/times";
import { askDeleted, deletedHere, listed, type Deleted, type DeletedPage } from "./restoring";
import { deleteTogether, restoreTogether, sayBack } from "./together";

/** Customers who can be restored still: at once those whom this person deleted, and all others when the office has answered. */
export function DeletedScreen() {
  const workspace = useWorkspace();
  const { user, organisation } = workspace.person;
  const say = useSnack();
  const status = useSyncStatus();
  const [unsent, online] = [status?.unsent ?? 0, status?.online ?? true];
  const [page, setPage] = useState<DeletedPage | null | undefined>(undefined);
  // Asked anew when what was done here has arrived there, and when the network is back.
  useEffect(() => {
    let wanted = true;
    void askDeleted(workspace).then((told) => {
      if (wanted) setPage(told);
    });
    return () => {
      wanted = false;
    };
  }, [workspace, unsent, online]);
  const told = page?.items ?? [];
  const here = useLive((read) => deletedHere(read, told), [told.map((each) => each.id).join(" ")]);
  const found = here && listed(here, told, user.id, organisation.timezone);
  const bring = async ({ id, name }: Deleted) => {
    const isBack = await restoreTogether(workspace, [id]);
    say(sayBack(name, isBack), isBack ? () => void deleteTogether(workspace, [id]) : undefined);
  };
  const more = async () => {
    const next = await askDeleted(workspace, page?.next ?? null);
    if (next) setPage((known) => ({ items: [...(known?.items ?? []), ...next.items], next: next.next }));
    else say(i18n._("The office could not be reached; nothing was changed."));
  };
  return (
    <Screen title={i18n._("Deleted customers")} back="/me">
      {page === null && <Note tone="warn">{i18n._("Without a network only those stand here whom you deleted yourself.")}</Note>}
      {found && (
        <Block>
          {found.length === 0 && page === undefined && <p role="status">{i18n._("Asking the office…")}</p>}
          {found.length === 0 && page !== undefined && (
            <Empty title={page === null ? i18n._("You deleted nobody in the last thirty days") : i18n._("Nobody was deleted in the last thirty days")}>
              {i18n._("A deleted customer can be restored here for thirty days.")}
            </Empty>
          )}
          <ul>
            {found.map((each) => (
              <Line key={each.id} each={each} onRestore={() => void bring(each)} />
            ))}
          </ul>
          {(page?.next ?? null) !== null && (
            <Button fill="outline" onClick={() => void more()}>
              {i18n._("Show more")}
            </Button>
          )}
        </Block>
      )}
    </Screen>
  );
}

function Line({ each, onRestore }: { readonly each: Deleted; readonly onRestore: () => void }) {
  const { organisation } = useWorkspace().person;
  const nameOf = useNames();
  const [now, today] = [useNow(), useToday()];
  const { name, owner_id, deleted_by, at, until, restoring } = each;
  const owner = nameOf(owner_id);
  const sub =
    at === null || until === null
      ? i18n._("of {owner} · deleted on this device", { owner })
      : i18n._("of {owner} · {by}, {when} · can be restored until {day}", {
          owner,
          by: nameOf(deleted_by),
          when: sayInstant(at, now, organisation.timezone),
          day: sayDate(until, today),
        });
  return (
    <li>
      <Row
        title={name}
        sub={sub}
        right={
          <>
            {(restoring || at === null) && <Tag tone="warn">{restoring ? i18n._("Being restored") : i18n._("Not sent yet")}</Tag>}
            {!restoring && (
              <Button fill="outline" onClick={onRestore}>
                {i18n._("Restore")}
              </Button>
            )}
          </>
        }
      />
    </li>
  );
}
