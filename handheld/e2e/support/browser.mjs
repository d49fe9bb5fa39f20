// The browser of the journeys; "" where there is none.
import { existsSync } from "node:fs";

const { CHROMIUM: given } = process.env;
export const CHROMIUM = (given === undefined ? ["/usr/bin/chromium", "/usr/bin/google-chrome"] : [given]).find((path) => existsSync(path)) ?? "";

const NOWHERE = "http://127.0.0.1:9/";
/** Nothing of the browser's own leaves this machine: its push service stands nowhere, unless a journey has one. */
export const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["checkin-url", "registration-url", "mcs-endpoint"].map((door) => `--gcm-${door}=${NOWHERE}`),
];
