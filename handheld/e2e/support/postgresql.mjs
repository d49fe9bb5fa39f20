// A database on the PostgreSQL that pytest uses, for a journey's server (tests/support/databases.py says which one that is).
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PYTHON = join(ROOT, ".venv/bin/python");
const NO_POSTGRES = 3;

/** { settings, giveBack() }, or null where there is none; in CI there has to be one. */
export async function lentDatabase() {
  const lender = spawn(PYTHON, ["-m", "tests.support.lent_database", "postgresql"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise((resolve) => lender.once("exit", resolve));
  const said = await Promise.race([new Promise((resolve) => createInterface(lender.stdout).once("line", resolve)), gone]);
  if (said === NO_POSTGRES && !process.env.CI) return null;
  if (typeof said !== "string") throw new Error(`no PostgreSQL: ended with ${said}`);
  const { app_url, owner_url } = JSON.parse(said);
  return {
    settings: { DOORSTEP_DATABASE_URL: app_url, DOORSTEP_MIGRATION_DATABASE_URL: owner_url },
    async giveBack() {
      lender.stdin.end();
      await gone;
    },
  };
}
