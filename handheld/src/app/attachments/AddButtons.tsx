import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Pick } from "../files/Pick";
import { shrink } from "../files/picture";
import { PDF } from "../files/useFile";
import { useSnack } from "../parts/snack";
import { sayInstant } from "../words/times";
import css from "./attachments.module.css";
import { MOST_BYTES, NAME_MOST, type About, type Attachment } from "./documents";

interface Props {
  readonly customer: string;
  readonly about?: About;
  /** The present version of the document that is to get a newer one. */
  readonly newer?: Attachment;
  readonly onDone?: () => void;
}

/** Takes or chooses a file, keeps it on this device and hangs it on the customer in one go; it is sent after the data. */
export function AddButtons({ customer, about, newer, onDone }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [keeping, setKeeping] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const keep = async (chosen: File | undefined, isPhoto: boolean) => {
    if (!chosen) return;
    setKeeping(true);
    setFailed(null);
    try {
      const isPdf = (await chosen.slice(0, 5).text()) === "%PDF-";
      const content = isPdf ? new Blob([chosen], { type: PDF }) : await shrink(chosen);
      if (content.size > MOST_BYTES) {
        setFailed(i18n._("The file is larger than 12 MB."));
        return;
      }
      const { sha256, size } = await workspace.files.keep(content);
      const added_at = Date.now();
      const { timezone } = workspace.person.organisation;
      const name = isPhoto ? i18n._("Photo {when}", { when: sayInstant(added_at, 0, timezone) }) : chosen.name.slice(0, NAME_MOST);
      const hangs = newer
        ? { version_of: newer.version_of ?? newer.id, about: newer.about ?? null, about_id: newer.about_id ?? null }
        : { about: about?.collection ?? null, about_id: about?.id ?? null };
      const id = await workspace.act((group) =>
        group.create("attachments", {
          customer_id: customer, name: name.trim() || i18n._("File"), form: isPdf ? "pdf" : "picture", size, sha256, added_at, ...hangs,
        }),
      );
      say(i18n._("Kept. It is sent when there is a network."), () => {
        void workspace.act((group) => {
          group.act("attachments", "remove", id, {}, { removed_at: Date.now() });
        });
      });
      onDone?.();
    } catch {
      setFailed(i18n._("The file could not be kept. This device may be out of space."));
    } finally {
      setKeeping(false);
    }
  };
  return (
    <>
      <div className={css.deeds}>
        <Pick camera loading={keeping} text={i18n._("Take a photo")} onPick={(file) => keep(file, true)} />
        <Pick accept="image/*,application/pdf" loading={keeping} text={i18n._("Choose a file")} onPick={(file) => keep(file, false)} />
      </div>
      {failed !== null && (
        <p className={css.error} role="alert">
          {failed}
        </p>
      )}
    </>
  );
}
