/** Who is there already by what the office knows: asked while a customer is typed, when there is a network. */
import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { digitsOf } from "./directory";

export interface Known {
  readonly why: "id_number" | "phone" | "name";
  /** Null for one beyond this person's reach: only whose he is is told then. */
  readonly customer_id: string | null;
  readonly name: string | null;
  readonly owner_name: string;
  readonly unit_name: string;
}

/** Long enough for the next key, short enough to come before the next field. */
const PAUSE_MS = 700;
const WHOLE_PHONE = 7;
const NONE: readonly Known[] = [];

/** What the office says about the name and phone as they stand; nothing while they are typed, and without a network. */
export function useKnown(form: { readonly name: string; readonly phone: string } | undefined): readonly Known[] {
  const workspace = useWorkspace();
  const name = (form?.name ?? "").trim();
  const phone = digitsOf(form?.phone ?? "").length >= WHOLE_PHONE ? (form?.phone ?? "").trim() : "";
  const [told, setTold] = useState<{ readonly about: string; readonly known: readonly Known[] }>({ about: "", known: NONE });
  const about = JSON.stringify([name, phone]);
  useEffect(() => {
    if (name.length < 2 && phone === "") return;
    let stale = false;
    const timer = setTimeout(() => {
      void workspace.ask("POST", "/api/v1/customers/duplicates", { name, phones: phone === "" ? [] : [phone] }).then((asked) => {
        if (!stale && !asked.offline && asked.status === 200) setTold({ about, known: (asked.body as { items: Known[] }).items });
      });
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [workspace, name, phone, about]);
  return told.about === about ? told.known : NONE;
}

export function sayKnown({ why, name, owner_name: owner, unit_name: unit }: Known): string {
  if (name === null) return i18n._("Somebody with this phone is looked after by {owner} ({unit}).", { owner, unit });
  if (why === "phone") return i18n._("{name}: the same phone, with {owner}", { name, owner });
  return i18n._("{name}: sounds the same, with {owner}", { name, owner });
}
