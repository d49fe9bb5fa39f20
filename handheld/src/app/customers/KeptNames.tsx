import { i18n } from "../../i18n";
import type { Kept } from "./together";

/** Who must not be deleted, and why. */
export function KeptNames({ kept }: { readonly kept: readonly Kept[] }) {
  if (kept.length === 0) return null;
  return (
    <ul>
      {kept.map((each) => (
        <li key={each.id}>{i18n._("{name}: {why}", { name: each.name, why: each.why })}</li>
      ))}
    </ul>
  );
}
