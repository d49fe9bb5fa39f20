// A whole Doorstep for a journey: `doorstep run` on a database of its own, on a free port, with the demo organisation.
import { spawn } from "node:child_process";
import { cpSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newFolder } from "./folders.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const DOORSTEP = join(ROOT, ".venv/bin/doorstep");
const PATIENCE_MS = 90_000;
/** A folder with the demo organisation, loaded once for all servers of a run (../run.mjs); without it each loads its own. */
const LOADED = process.env.JOURNEYS_DEMO;

/** Starts it and waits until it answers. { url, cli, restart, stop, env }. settings: DOORSTEP_… beside those below. */
export async function startServer(settings = {}) {
  const folder = newFolder("doorstep-e2e-");
  if (LOADED) cpSync(LOADED, folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...settingsIn(folder), DOORSTEP_PORT: String(port), DOORSTEP_URL: url, DOORSTEP_PUBLIC_URL: url, ...settings };
  const log = join(folder, "log");
  let child = null;
  const start = async () => {
    const out = openSync(log, "a");
    child = spawn(DOORSTEP, ["run"], { cwd: ROOT, env, stdio: ["ignore", out, out] });
    child.unref(); // a journey that failed before it could stop its server ends all the same, and takes the server with it
    process.once("exit", () => child.kill("SIGKILL"));
    await answering(url, child, log);
  };
  const running = () => child !== null && child.exitCode === null && child.signalCode === null;
  const end = async (signal) => {
    if (!running()) return;
    child.ref();
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  };
  /** As when the power goes: web server and worker at once, without a word. */
  const kill = async () => {
    if (!running()) return;
    for (const group of childrenOf(child.pid)) process.kill(-group, "SIGKILL");
    await end("SIGKILL");
  };
  await start();
  return {
    url,
    env,
    log: () => readFileSync(log, "utf8"),
    /** Runs a `doorstep` command on the same database; its output. */
    cli: (...args) => run(DOORSTEP, args, env),
    down: () => end("SIGTERM"),
    kill,
    up: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Loads the demo organisation once, for all servers that are started in this environment: { env, remove() }. */
export async function loadDemo() {
  const folder = newFolder("doorstep-demo-");
  const env = settingsIn(folder);
  await run(DOORSTEP, ["db", "upgrade"], env);
  await run(DOORSTEP, ["demo", "load"], env);
  return { env: { JOURNEYS_DEMO: folder }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function settingsIn(folder) {
  return {
    ...withoutOurs(process.env),
    DOORSTEP_DATABASE_URL: `sqlite:///${join(folder, "doorstep.sqlite3")}`,
    DOORSTEP_KEYS_DIR: join(folder, "keys"),
    DOORSTEP_BLOB_DIR: join(folder, "blobs"),
    DOORSTEP_DEMO: "1",
    DOORSTEP_RATE_LIMITS: "0",
  };
}

/** Each leads a group of its own, of all that it has started. */
function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

function withoutOurs(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("DOORSTEP_")));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url, child, log) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`doorstep run ended by itself:\n${readFileSync(log, "utf8")}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // not listening yet
    }
    if (Date.now() > until) throw new Error(`no answer from ${url}:\n${readFileSync(log, "utf8")}`);
    await sleep(250);
  }
}

function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env });
    let said = "";
    child.stdout.on("data", (bytes) => (said += bytes));
    child.stderr.on("data", (bytes) => (said += bytes));
    child.once("exit", (code) => (code === 0 ? resolve(said) : reject(new Error(`${args.join(" ")}: ${said}`))));
  });
}
