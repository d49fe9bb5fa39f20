import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Note, TextLink } from "../parts/Block";
import { useNames } from "../rows/staff";
import { sidesOf, sorted } from "./conflict";

/** Says of a customer that a colleague has him too, while that is open. */
export function ConflictOf({ customer }: { readonly customer: string }) {
  const nameFor = useNames();
  const rows = useLive((read) => read.all("lead_conflicts"), []);
  const open = sorted(rows ?? []).filter((each) => each.state === "open" && [each.first_id, each.second_id].includes(customer));
  return open.map((each) => {
    const other = sidesOf(each).find((side) => side.customer !== customer);
    return (
      <Note key={each.id} tone="warn">
        {i18n._("{name} has this customer too.", { name: nameFor(other?.owner ?? "") })}{" "}
        <TextLink to={`/customers/conflicts/${each.id}`}>{i18n._("Open the lead conflict")}</TextLink>
      </Note>
    );
  });
}
