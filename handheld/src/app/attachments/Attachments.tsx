import { useState } from "react";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import { Tag } from "../parts/Tag";
import { useMay } from "../rights/useRights";
import css from "./attachments.module.css";
import { DocumentSheet } from "./DocumentSheet";
import { documentsOf, type About, type Attachment, type Document } from "./documents";
import { AddButtons } from "./AddButtons";
import { useFacts } from "./useFacts";

interface Props {
  readonly customer: string;
  /** Of one row of the customer's only; new ones hang on it. */
  readonly about?: About;
}

/** Contracts and pictures of a customer, in their present version; all of it without a network but what others took. */
export function Attachments({ customer, about }: Props) {
  const rows = useLive(
    (read) => (about ? read.where("attachments", "about_id", about.id) : read.where("attachments", "customer_id", customer)),
    [customer, about?.id ?? null],
  );
  const mayAdd = useMay("customers.write");
  const [open, setOpen] = useState<string | null>(null);
  if (!rows) return null;
  const documents = documentsOf(rows);
  if (documents.length === 0 && !mayAdd) return null;
  const shown = documents.find((each) => each.first === open);
  return (
    <Block title={i18n._("Attachments")}>
      {documents.map((each) => (
        <Line
          key={each.first}
          document={each}
          onTap={() => {
            setOpen(each.first);
          }}
        />
      ))}
      {documents.length === 0 && <p className={css.hint}>{i18n._("Contracts, agreements and photos, with all their versions.")}</p>}
      {mayAdd && <AddButtons customer={customer} {...(about ? { about } : {})} />}
      {shown && (
        <DocumentSheet
          document={shown}
          mayChange={mayAdd}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </Block>
  );
}

function Line({ document, onTap }: { readonly document: Document; readonly onTap: () => void }) {
  const { present } = document;
  return <Row title={present.name} sub={useFacts(present)} right={<Waiting attachment={present} />} onTap={onTap} />;
}

/** Whether the row, or the file that follows it, is still here only. */
function Waiting({ attachment }: { readonly attachment: Attachment }) {
  const file = useLive((read) => read.file(attachment.sha256), [attachment.sha256]);
  if (file?.state === "refused") return <Tag tone="bad">{i18n._("Refused")}</Tag>;
  return attachment.unsent || file?.state === "unsent" ? <Tag tone="warn">{i18n._("Not sent yet")}</Tag> : null;
}
