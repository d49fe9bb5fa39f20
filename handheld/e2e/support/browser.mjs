// Whether there is a browser for journeys. Without one they are left out, which node's runner counts and says; not in CI.
import { existsSync } from "node:fs";

export const CHROMIUM = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path)) ?? "";
export const thereIsABrowser = existsSync(CHROMIUM) || Boolean(process.env.CI);
