// Runs the journeys, or those that are named: `npm run journeys -- day kiosk`. Without a browser it says so and goes on; not in CI.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHROMIUM } from "./support/browser.mjs";
import { loadDemo } from "./support/server.mjs";

const FOLDER = fileURLToPath(new URL("journeys/", import.meta.url));
const names = process.argv.slice(2);
/** Takes long, and is left to `make test-deep` or to whoever names it. */
const LONG = process.env.DOORSTEP_TEST_DEEP ? [] : ["kiosk_soak"];
const isWanted = (name) => (names.length === 0 ? !LONG.includes(name) : names.includes(name));
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".test.mjs") && isWanted(file.split(".")[0]));

if (!CHROMIUM) {
  console.error(`\n\x1b[1;31m${files.length} files of journeys did NOT run: no Chromium. See docs/testing.md.\x1b[0m\n`);
  process.exit(process.env.CI ? 1 : 0);
}
const demo = await loadDemo();
// Two at a time: much of a journey is waiting for a person's pace, a film, a line.
const options = ["--test", "--test-concurrency=2", "--test-reporter=spec"];
const tests = spawn(process.execPath, [...options, ...files.map((file) => FOLDER + file)], { stdio: "inherit", env: { ...process.env, ...demo.env } });
process.exitCode = await new Promise((resolve) => tests.once("exit", (code) => resolve(code ?? 1)));
demo.remove();
