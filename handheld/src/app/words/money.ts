/** Amounts are whole minor units (cents) with a currency; they are never computed with as fractions. */
import { i18n } from "../../i18n";

/** Digits behind the point. */
export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** 12345 CNY → ¥123.45. */
export function sayMoney(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(i18n.locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(
    // A string keeps every digit of what a float could not.
    decimal(minor, digits) as unknown as number,
  );
}

/** The same to the nearest whole unit, for sums that are read at a glance: ¥123. */
export const sayWhole = (minor: number, currency: string): string =>
  new Intl.NumberFormat(i18n.locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 }).format(
    decimal(minor, digitsOf(currency)) as unknown as number,
  );

/** The same to four figures, for a table on a phone: ¥7.48M, ¥748万. */
export const sayShort = (minor: number, currency: string): string =>
  new Intl.NumberFormat(i18n.locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", notation: "compact", maximumSignificantDigits: 4 }).format(
    decimal(minor, digitsOf(currency)) as unknown as number,
  );

/** What stands in a field to be edited: 12345 CNY → 123.45. */
export function decimal(minor: number, digits: number): string {
  const sign = minor < 0 ? "-" : "";
  const all = String(Math.abs(minor)).padStart(digits + 1, "0");
  return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** What was typed, in minor units; null when it is no amount, or finer than the currency. */
export function parseMoney(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const clean = typed
    .normalize("NFKC")
    .replace(/[\s,，]/g, "")
    .replace("。", ".");
  const parts = /^(\d{1,12})(?:\.(\d*))?$/.exec(clean);
  if (!parts?.[1]) return null;
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  return fraction.length > digits ? null : Number(parts[1] + fraction.padEnd(digits, "0"));
}
