import { i18n } from "../../i18n";
import css from "./files.module.css";

/** A PDF is saved, for the reader of this device to open, and never shown within the app (decision 0042). */
export function SavePdf({ url, name }: { readonly url: string; readonly name: string }) {
  return (
    <a className={css.save} href={url} download={/\.pdf$/i.test(name) ? name : `${name}.pdf`}>
      {i18n._("Save and open the PDF")}
    </a>
  );
}
