import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { SavePdf } from "../files/SavePdf";
import { useFile } from "../files/useFile";
import { Row } from "../parts/Block";
import Button from "../parts/Button";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sayProblem } from "../words/problems";
import { AddButtons } from "./AddButtons";
import css from "./attachments.module.css";
import { type Attachment, type Document } from "./documents";
import { useFacts } from "./useFacts";

interface Props {
  readonly document: Document;
  readonly mayChange: boolean;
  readonly onClose: () => void;
}

/** One document: the version that is looked at, a newer one of it, and the older ones. */
export function DocumentSheet({ document, mayChange, onClose }: Props) {
  const { present, older } = document;
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = older.find((each) => each.id === chosen) ?? present;
  const workspace = useWorkspace();
  const say = useSnack();
  const remove = async () => {
    await workspace.act((group) => {
      group.act("attachments", "remove", shown.id, {}, { removed_at: Date.now() });
    });
    onClose();
    say(i18n._("Taken away."), () => {
      void workspace.act((group) => {
        group.act("attachments", "restore", shown.id, {}, { removed_at: null });
      });
    });
  };
  return (
    <Sheet title={shown.name} onClose={onClose}>
      <p className={css.hint}>{useFacts(shown)}</p>
      <Content key={shown.sha256} attachment={shown} />
      {mayChange && (
        <>
          <h3 className={css.hint}>{i18n._("Add a newer version")}</h3>
          <AddButtons
            customer={present.customer_id}
            newer={present}
            onDone={() => {
              setChosen(null);
            }}
          />
          <Button color="danger" fill="outline" onClick={() => void remove()}>
            {older.length > 0 ? i18n._("Take this version away") : i18n._("Take away")}
          </Button>
        </>
      )}
      {older.length > 0 && (
        <details className={css.older}>
          <summary>{i18n._("{n, plural, one {# older version} other {# older versions}}", { n: older.length })}</summary>
          {[present, ...older]
            .filter((each) => each !== shown)
            .map((each) => (
              <Version
                key={each.id}
                attachment={each}
                onTap={() => {
                  setChosen(each.id);
                }}
              />
            ))}
        </details>
      )}
    </Sheet>
  );
}

function Version({ attachment, onTap }: { readonly attachment: Attachment; readonly onTap: () => void }) {
  return <Row title={attachment.name} sub={useFacts(attachment)} onTap={onTap} />;
}

function Content({ attachment }: { readonly attachment: Attachment }) {
  const found = useFile(attachment.sha256);
  const kept = useLive((read) => read.file(attachment.sha256), [attachment.sha256]);
  return (
    <>
      {found.kind === "asking" && <p aria-busy>{i18n._("Just a moment…")}</p>}
      {found.kind === "none" && <p className={css.hint}>{found.why}</p>}
      {found.kind === "here" && found.isPdf && <SavePdf url={found.url} name={attachment.name} />}
      {found.kind === "here" && !found.isPdf && <img className={css.full} src={found.url} alt={attachment.name} />}
      {kept?.state === "unsent" && <p className={css.hint}>{i18n._("This file is sent after the data.")}</p>}
      {kept?.state === "refused" && (
        <p className={css.error} role="alert">
          {sayProblem(kept.code)}
        </p>
      )}
    </>
  );
}
