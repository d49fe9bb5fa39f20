import { useState } from "react";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Sheet } from "../parts/Sheet";
import { SavePdf } from "../files/SavePdf";
import { useFile } from "../files/useFile";
import { sayProblem } from "../words/problems";
import css from "./expenses.module.css";

/** A receipt: the picture on this device, else the server's. A tap shows it in full. */
export function Receipt({ sha256, label }: { readonly sha256: string; readonly label: string }) {
  const found = useFile(sha256);
  const kept = useLive((read) => read.file(sha256), [sha256]);
  const [open, setOpen] = useState(false);
  if (found.kind === "asking") return <div className={css.thumb} role="img" aria-label={label} aria-busy />;
  if (found.kind === "none") return <p className={css.noPicture}>{found.why}</p>;
  if (found.isPdf) return <SavePdf url={found.url} name={label} />;
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
