import Button from "../parts/Button";
import { useState } from "react";
import type { SyncStatus } from "../../device/api";
import { useHandheld, useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import { sayProblem } from "../words/problems";
import css from "./signin.module.css";

/** The first sync: how far it is, and what stops it. A line that drops goes on where it was. */
export function FirstSyncScreen({ status }: { readonly status: SyncStatus }) {
  const { person, sync } = useWorkspace();
  const handheld = useHandheld();
  const [leaving, setLeaving] = useState(false);
  const stopped = whatStops(status);
  const numbers = new Intl.NumberFormat(i18n.locale);
  return (
    <main className={css.centre}>
      <div className={css.column}>
        <h1 className={css.hello}>{i18n._("Hello, {name}", { name: person.user.name })}</h1>
        <p role="status">{i18n._("Your customers and visits are coming onto this device.")}</p>
        <progress
          className={css.progress}
          aria-label={i18n._("First sync")}
          {...(status.progress ? { value: status.progress.done, max: Math.max(1, status.progress.total) } : {})}
        />
        <p className={css.soft}>
          {status.progress
            ? i18n._("{done} of {total} rows", {
                done: numbers.format(status.progress.done),
                total: numbers.format(status.progress.total),
              })
            : i18n._("Asking the server…")}
        </p>
        {stopped !== null && (
          <>
            <Note tone="warn">{stopped}</Note>
            <Button block size="large" color="primary" disabled={status.syncing} onClick={() => void sync.now()}>
              {i18n._("Try now")}
            </Button>
          </>
        )}
        <Button
          block
          fill="none"
          loading={leaving}
          onClick={() => {
            setLeaving(true);
            void handheld.signOut();
          }}
        >
          {i18n._("Sign in as somebody else")}
        </Button>
      </div>
    </main>
  );
}

function whatStops({ online, trouble, syncing }: SyncStatus): string | null {
  if (!online) return i18n._("No network. It goes on by itself from where it was, as soon as there is one.");
  if (!trouble || syncing) return null;
  if (trouble.kind === "later") return i18n._("The server did not answer. It is tried again by itself.");
  return sayProblem(trouble.code);
}
