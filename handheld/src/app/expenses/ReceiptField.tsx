import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Pick } from "../files/Pick";
import { shrink } from "../files/picture";
import css from "./expenses.module.css";
import { Receipt } from "./Receipt";

interface Props {
  readonly value: string | null;
  readonly onChange: (sha256: string | null) => void;
}

/** The photo of a receipt, taken now or chosen. Kept on this device at once, sent after the data. */
export function ReceiptField({ value, onChange }: Props) {
  const { files } = useWorkspace();
  const [keeping, setKeeping] = useState(false);
  const [failed, setFailed] = useState(false);
  const keep = async (photo: File | undefined) => {
    if (!photo) return;
    setKeeping(true);
    setFailed(false);
    try {
      onChange((await files.keep(await shrink(photo))).sha256);
    } catch {
      setFailed(true);
    } finally {
      setKeeping(false);
    }
  };
  return (
    <div className={css.receiptField} role="group" aria-label={i18n._("Receipt")}>
      <span className={css.fieldLabel}>{i18n._("Receipt")}</span>
      {value !== null && <Receipt sha256={value} label={i18n._("The receipt of this expense")} />}
      <div className={css.deeds}>
        <Pick camera onPick={keep} loading={keeping} text={value === null ? i18n._("Take a photo") : i18n._("Take another")} />
        <Pick onPick={keep} loading={keeping} text={i18n._("Choose a picture")} />
        {value !== null && (
          <Button
            fill="outline"
            onClick={() => {
              onChange(null);
            }}
          >
            {i18n._("Remove")}
          </Button>
        )}
      </div>
      {failed && (
        <p className={css.error} role="alert">
          {i18n._("The picture could not be kept. This device may be out of space.")}
        </p>
      )}
    </div>
  );
}
