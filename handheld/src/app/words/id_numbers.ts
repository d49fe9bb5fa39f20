/** Numbers of identity documents, as server/customers/rules.py keeps them (rule C5) and server/core/types.py masks them. Pure. */
import { i18n } from "../../i18n";
import type { Rows } from "../../wire";

type Kind = Rows["customers"]["kind"];

/** Code points at most. */
export const ID_NUMBER_MOST = 40;
const FORM = /^[0-9A-Z][0-9A-Z()\-/]*$/;
const CITIZEN = /^\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dX]$/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** As it is stored and compared: narrow, upper case, without spaces. Null for what stands on no document. */
export function idNumberOf(typed: string): string | null {
  const number = typed
    .normalize("NFKC")
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .toUpperCase();
  return number.length <= ID_NUMBER_MOST && FORM.test(number) ? number : null;
}

/** Can the bearer have this number, as stored? Eighteen characters of a person are GB 11643: birthday and check digit. */
export function canBear(number: string, kind: Kind): boolean {
  const [, year, month, day] = CITIZEN.exec(number) ?? [];
  if (kind !== "person" || year === undefined) return true;
  const total = WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(number.charAt(place)), 0);
  return exists(`${year}-${month ?? ""}-${day ?? ""}`) && "10X98765432".charAt(total % 11) === number.charAt(17);
}

function exists(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`);
  return !day.startsWith("0000") && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}

/** All but its ends hidden. */
export const maskIdNumber = (number: string): string =>
  number.length > 8 ? number.slice(0, 3) + "*".repeat(number.length - 7) + number.slice(-4) : "*".repeat(number.length);

/** What it is called: a company has a number of another kind. */
export const sayIdNumber = (kind: Kind): string => (kind === "company" ? i18n._("Unified social credit code") : i18n._("Identity number"));
