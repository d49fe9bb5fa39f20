import Button from "../parts/Button";
import { useState } from "react";
import type { Asked } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { useNames } from "../rows/staff";
import { choicesOf, sayField } from "../words/deeds";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./customers.module.css";

interface Deed {
  readonly n: number;
  readonly at: string;
  readonly what: string;
  readonly done_by_name: string | null;
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

interface Pages {
  readonly items: readonly Deed[];
  readonly next: string | null;
}

/** Who changed what of a customer, old and new. It is asked of the office, which alone keeps it. */
export function History({ customer }: { readonly customer: string }) {
  const workspace = useWorkspace();
  const now = useNow();
  const nameOf = useNames();
  const [pages, setPages] = useState<Pages | null>(null);
  const [trouble, setTrouble] = useState(false);
  const more = async () => {
    const cursor = pages?.next ? `&cursor=${pages.next}` : "";
    const asked = await workspace.ask("GET", `/api/v1/customers/${customer}/history?limit=20${cursor}`);
    const read = pageOf(asked);
    setTrouble(read === null);
    if (read) setPages({ items: [...(pages?.items ?? []), ...read.items], next: read.next });
  };
  const shown = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return i18n._("nothing");
    if (field === "owner_id" && typeof value === "string") return nameOf(value);
    if (typeof value === "boolean") return value ? i18n._("yes") : i18n._("no");
    const text = typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
    return choicesOf(field).find((each) => each.value === text)?.text ?? text;
  };
  return (
    <Block title={i18n._("Changes")}>
      {pages && (
        <ol className={css.trail}>
          {pages.items.map((deed) => (
            <li key={deed.n}>
              <p className={css.noteText}>{sayDeed(deed.what)}</p>
              {deed.changes.map((each) => (
                <p key={each.field} className={css.noteText}>
                  {i18n._("{field}: {before} → {after}", {
                    field: each.field === "owner_id" ? i18n._("Owner") : (sayField(each.field) ?? each.field),
                    before: shown(each.field, each.before),
                    after: shown(each.field, each.after),
                  })}
                </p>
              ))}
              <p className={css.by}>
                {deed.done_by_name ?? i18n._("Doorstep")} · {sayInstant(Date.parse(deed.at), now, workspace.person.organisation.timezone)}
              </p>
            </li>
          ))}
        </ol>
      )}
      {trouble && <Note tone="warn">{i18n._("The office keeps the changes, and there is no connection to it now.")}</Note>}
      {(pages === null || pages.next !== null) && (
        <Button fill="none" color="primary" onClick={() => void more()}>
          {pages === null ? i18n._("Who changed what") : i18n._("Show more")}
        </Button>
      )}
    </Block>
  );
}

function pageOf(asked: Asked): Pages | null {
  if (asked.offline || asked.status !== 200) return null;
  return asked.body as Pages;
}

function sayDeed(what: string): string {
  switch (what) {
    case "created":
      return i18n._("Customer entered");
    case "changed":
      return i18n._("Card changed");
    case "phone-added":
      return i18n._("Phone added");
    case "phone-changed":
      return i18n._("Phone changed");
    case "contact-added":
      return i18n._("Contact added");
    case "contact-changed":
      return i18n._("Contact changed");
    case "handed-over":
      return i18n._("Handed over");
    default:
      return what;
  }
}
