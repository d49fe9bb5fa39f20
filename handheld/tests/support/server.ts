/** The real server on a database of its own, with the demo organisation. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DOORSTEP = join(ROOT, ".venv/bin/doorstep");

export const thereIsAServer = existsSync(DOORSTEP);

export class Server {
  readonly origin: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.#folder = mkdtempSync(join(tmpdir(), "handheld-"));
    this.origin = `http://127.0.0.1:${port}`;
    this.#environment = {
      PATH: process.env.PATH,
      DOORSTEP_DATABASE_URL: `sqlite:///${this.#folder}/doorstep.db`,
      DOORSTEP_KEYS_DIR: `${this.#folder}/keys`,
      DOORSTEP_BLOB_DIR: `${this.#folder}/blobs`,
      DOORSTEP_PUBLIC_URL: this.origin,
      DOORSTEP_PORT: String(port),
      DOORSTEP_DEMO: "1",
      DOORSTEP_RATE_LIMITS: "0",
      DOORSTEP_LOG_LEVEL: "error",
    };
  }

  static async begin(): Promise<Server> {
    const server = new Server(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    this.#process = spawn(DOORSTEP, ["run"], { cwd: ROOT, env: this.#environment, stdio: "ignore", detached: true });
    for (let left = 300; left > 0; left -= 1) {
      const answer = await fetch(`${this.origin}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("the server is not ready within a minute");
  }

  /** A person of the demo organisation at the office's doors; throws what is refused. */
  async office(username: string): Promise<(method: "GET" | "POST", path: string) => Promise<unknown>> {
    const api = `${this.origin}/api/v1`;
    const ask = async (method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> => {
      const answer = await fetch(api + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer.json();
    };
    const given = { organisation: "demo", username, password: "doorstep-demo" };
    const signed = await ask("POST", "/session", { "content-type": "application/json" }, given);
    const authorization = `Bearer ${(signed as { access_token: string }).access_token}`;
    return (method, path) => ask(method, path, { authorization });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    if (!child?.pid) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, signal);
    await gone;
    this.#process = null;
  }

  async end(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
