/** Who is there already by what the office knows: asked while a customer is typed, when there is a network. */
import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { idNumberOf } from "../words/id_numbers";
import { digitsOf, type Twin, type Typed } from "./directory";

export interface Known {
  readonly why: Twin["why"];
  /** Null for one beyond this person's reach: only whose he is is told then. */
  readonly customer_id: string | null;
  readonly name: string | null;
  readonly owner_name: string;
  readonly unit_name: string;
}

/** Long enough for the next key, short enough to come before the next field. */
const PAUSE_MS = 700;
/** Fewer of either say too little to ask the office. */
const [WHOLE_PHONE, WHOLE_ID_NUMBER] = [7, 5];
const NONE: readonly Known[] = [];

/** What the office says about what is typed as it stands; nothing while it is typed, and without a network. */
export function useKnown(typed: Typed): readonly Known[] {
  const workspace = useWorkspace();
  const [told, setTold] = useState<{ readonly about: string; readonly known: readonly Known[] }>({ about: "", known: NONE });
  const asked = askedOf(typed);
  const about = asked === null ? "" : JSON.stringify(asked);
  useEffect(() => {
    if (about === "") return;
    let stale = false;
    const timer = setTimeout(() => {
      void workspace.ask("POST", "/api/v1/customers/duplicates", JSON.parse(about)).then((answer) => {
        if (!stale && !answer.offline && answer.status === 200) setTold({ about, known: (answer.body as { items: Known[] }).items });
      });
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [workspace, about]);
  return about !== "" && told.about === about ? told.known : NONE;
}

/** What of it the office is asked for; null for too little. */
export function askedOf({ name = "", phone = "", idNumber = "" }: Typed) {
  const paper = idNumberOf(idNumber) ?? "";
  const asked = {
    name: name.trim(),
    phones: digitsOf(phone).length < WHOLE_PHONE ? [] : [phone.trim()],
    id_number: paper.length < WHOLE_ID_NUMBER ? "" : paper,
  };
  return asked.name.length < 2 && asked.phones.length === 0 && asked.id_number === "" ? null : asked;
}

/** Of one on this device. */
export function sayTwin(why: Twin["why"], name: string): string {
  if (why === "id_number") return i18n._("{name}: the same identity number", { name });
  return why === "phone" ? i18n._("{name}: the same phone", { name }) : i18n._("{name}: the same name", { name });
}

/** Of one whom the office knows. Beyond reach there is no name, and it is never by name. */
export function sayKnown({ why, name, owner_name: owner, unit_name: unit }: Known): string {
  if (why === "id_number") {
    return name === null
      ? i18n._("Somebody with this identity number is looked after by {owner} ({unit}).", { owner, unit })
      : i18n._("{name}: the same identity number, with {owner}", { name, owner });
  }
  if (name === null) return i18n._("Somebody with this phone is looked after by {owner} ({unit}).", { owner, unit });
  if (why === "phone") return i18n._("{name}: the same phone, with {owner}", { name, owner });
  return i18n._("{name}: sounds the same, with {owner}", { name, owner });
}
