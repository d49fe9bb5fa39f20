/** The recorded cases of tests/kiosk/cases/, the same files that the server passes. */
import { readFileSync } from "node:fs";

export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tests/kiosk/cases/${name}.json`, import.meta.url), "utf8")) as T;
}

export const PRINTED = recorded<{
  readonly organisation: string;
  readonly card_keys: readonly { readonly kid: string; readonly key: string }[];
  readonly genuine: readonly { readonly text: string }[];
  readonly not_genuine: readonly { readonly text: string; readonly why: string }[];
}>("03-printed-cards");

export const GENUINE = PRINTED.genuine[0]?.text ?? "";
export const PHONE = "DS2:100KB0*M0DY0W016C1PN1:Y1DK0XXBEXT0F3.$TW1ENXS";
export const CHIP = `https://go.example/c?picc_data=${"0123456789ABCDEF".repeat(2)}&cmac=FEDCBA9876543210`;
