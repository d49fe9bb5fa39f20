/** The real server on a database of its own, with the demo organisation: that of the journeys. */
import { existsSync } from "node:fs";
import { startServer, type Running } from "../../e2e/support/server.mjs";

export const thereIsAServer = existsSync(new URL("../../../.venv/bin/doorstep", import.meta.url));

export class Server {
  readonly #running: Running;

  private constructor(running: Running) {
    this.#running = running;
  }

  static async begin(): Promise<Server> {
    return new Server(await startServer({ DOORSTEP_LOG_LEVEL: "error" }));
  }

  get origin(): string {
    return this.#running.url;
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

  /** Web server and worker killed at once, as when the power goes, and started again on the same database. */
  async killAndRestart(): Promise<void> {
    await this.#running.kill();
    await this.#running.up();
  }

  end(): Promise<void> {
    return this.#running.stop();
  }
}
