/** Values of refused operations as people read them. */
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { sayChoice } from "../words/choices";
import { choicesOf } from "../words/deeds";
import { dayOf, clockOf, sayDate } from "../words/times";
import type { Trouble } from "./items";

export function sayValue(field: string, value: unknown, zone: string): string {
  if (value === null || value === undefined || value === "") return i18n._("nothing");
  if (typeof value === "boolean") return value ? i18n._("yes") : i18n._("no");
  if (typeof value === "number") return field.endsWith("_at") ? `${sayDate(dayOf(value, zone), "")} ${clockOf(value, zone)}` : String(value);
  if (typeof value !== "string") return JSON.stringify(value);
  if (field.endsWith("_on")) return sayDate(value, "");
  return sayChoice(choicesOf(field), value);
}

/** Whom or what a refused operation is about, where this device knows it. */
export function useSubject({ key, collection, row, values, heldBack }: Trouble): string | null {
  const found = useLive(
    async (read) => {
      // Of a customer entered in the same deed there is only what was typed.
      for (const sent of [values, ...heldBack.map((each) => each.values)]) {
        const named = sent.name ?? sent.customer_name;
        if (typeof named === "string" && named !== "") return { name: named };
      }
      const customer = typeof values.customer_id === "string" ? values.customer_id : collection === "customers" ? row : null;
      if (customer !== null) {
        const known = (await read.get("customers", customer)) ?? (await read.get("deleted_customers", customer));
        return { name: known?.name };
      }
      if (row === null) return { name: undefined };
      if (collection === "expense_claims") return { name: (await read.get("expense_claims", row))?.title };
      if (collection === "approvals") return { name: (await read.get("approvals", row))?.title };
      if (collection === "questions") return { name: (await read.get("questions", row))?.text };
      if (collection === "tasks") return { name: (await read.get("tasks", row))?.text };
      if (collection === "arrivals") return { name: (await read.get("arrivals", row))?.customer_name };
      const about = collection === "visits" ? row : values.visit_id;
      if (typeof about === "string") {
        const visit = await read.get("visits", about);
        return { name: visit?.customer_name ?? visit?.place };
      }
      if (collection === "follow_ups") return { name: (await read.get("follow_ups", row))?.customer_name };
      if (collection === "customer_phones") {
        const phone = await read.get("customer_phones", row);
        return { name: phone && (await read.get("customers", phone.customer_id))?.name };
      }
      return { name: undefined };
    },
    [key],
  );
  return found?.name ?? null;
}
