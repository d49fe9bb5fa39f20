import { useEffect, useState } from "react";
import type { Workspace } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Sheet } from "../parts/Sheet";
import { sayProblem } from "../words/problems";
import css from "./expenses.module.css";

type Found = { readonly kind: "asking" } | { readonly kind: "here"; readonly url: string } | { readonly kind: "none"; readonly why: string };

/** A receipt: the picture on this device, else the server's. A tap shows it in full. */
export function Receipt({ sha256, label }: { readonly sha256: string; readonly label: string }) {
  const found = usePicture(sha256);
  const kept = useLive((read) => read.file(sha256), [sha256]);
  const [open, setOpen] = useState(false);
  if (found.kind === "asking") return <div className={css.thumb} role="img" aria-label={label} aria-busy />;
  if (found.kind === "none") return <p className={css.noPicture}>{found.why}</p>;
  return (
    <div className={css.picture}>
      <button
        type="button"
        className={css.thumb}
        onClick={() => {
          setOpen(true);
        }}
      >
        <img src={found.url} alt={label} />
      </button>
      {kept?.state === "unsent" && <p className={css.hint}>{i18n._("This picture is sent after the data.")}</p>}
      {kept?.state === "refused" && (
        <p className={css.error} role="alert">
          {sayProblem(kept.code)}
        </p>
      )}
      {open && (
        <Sheet
          title={i18n._("Receipt")}
          onClose={() => {
            setOpen(false);
          }}
        >
          <img className={css.full} src={found.url} alt={label} />
        </Sheet>
      )}
    </div>
  );
}

function usePicture(sha256: string): Found {
  const workspace = useWorkspace();
  const [found, setFound] = useState<Found>({ kind: "asking" });
  useEffect(() => {
    let url: string | null = null;
    let wanted = true;
    void look(workspace, sha256).then((content) => {
      if (!wanted) return;
      if (content instanceof Blob) {
        url = URL.createObjectURL(content);
        setFound({ kind: "here", url });
      } else setFound({ kind: "none", why: content });
    });
    return () => {
      wanted = false;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [workspace, sha256]);
  return found;
}

/** The picture, or why there is none to show. */
async function look(workspace: Workspace, sha256: string): Promise<Blob | string> {
  const here = await workspace.files.content(sha256);
  if (here) return here;
  const asked = await workspace.ask("GET", `/api/v1/files/${sha256}`);
  if (asked.offline) return i18n._("The picture is with the office; it is shown when there is a network.");
  if (asked.body instanceof Blob) return asked.body;
  return asked.status === 404 ? i18n._("The picture has not arrived at the office yet.") : sayProblem(asked.code);
}
