// The line between a phone and the server, for journeys in which it breaks: a proxy that loses what it is told to lose.
import http from "node:http";

const AT_HOME = "127.0.0.1";

/**
 * fate: asked for every request to the doors of handhelds; "through", or where the line is cut: "asking" (the server never
 * hears of it), "half" (the server gets half of what was sent), "answering" (the server has done it, and the phone never
 * learns). losses: how often each happened.
 */
export class Line {
  losses = { asking: 0, half: 0, answering: 0 };
  fate = () => "through";
  /** Awaited before an answer goes back or is lost: a server dies here. Told the request. */
  answered = async () => undefined;
  /** What becomes of a file of the program on its way: a newer build is put in its place here. Told the path and the text. */
  program = null;
  #proxy = http.createServer((request, response) => void this.#carry(request, response).catch(() => request.socket.destroy()));

  static async open() {
    const line = new Line();
    await new Promise((resolve) => line.#proxy.listen(0, AT_HOME, resolve));
    line.url = `http://${AT_HOME}:${line.#proxy.address().port}`;
    return line;
  }

  /** server: what startServer returned. */
  lead(server) {
    this.to = new URL(server.url);
  }

  async close() {
    this.#proxy.closeAllConnections();
    await new Promise((resolve) => this.#proxy.close(resolve));
  }

  /** The same bytes, or those of the newer build. */
  #changed(url, told, headers) {
    if (!this.program || !/^\/app\/.*\.(js|html)$|^\/app\/$/.test(url)) return told;
    const changed = Buffer.from(this.program(url, told.toString()));
    delete headers.etag;
    headers["content-length"] = String(changed.length);
    return changed;
  }

  async #carry(request, response) {
    const { method, url, headers } = request;
    const sent = await bytesOf(request);
    const fate = url.startsWith("/mobile/") ? await this.fate({ method, url, sent }) : "through";
    if (fate !== "through") this.losses[fate] += 1;
    if (fate === "asking") return request.socket.destroy();
    if (this.program && url.startsWith("/app/")) for (const name of ["accept-encoding", "if-none-match"]) delete headers[name];
    const onward = { host: AT_HOME, port: this.to.port, method, path: url, headers };
    if (fate === "half") {
      await half(onward, sent);
      return request.socket.destroy();
    }
    const { status, told, headers: back } = await ask(onward, sent);
    await this.answered({ method, url });
    if (fate === "answering") return request.socket.destroy();
    const body = this.#changed(url, told, back);
    response.writeHead(status, back).end(body);
  }
}

async function bytesOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function ask(onward, sent) {
  return new Promise((resolve, reject) => {
    const asking = http.request(onward, async (answer) => {
      try {
        resolve({ status: answer.statusCode, headers: answer.headers, told: await bytesOf(answer) });
      } catch (error) {
        reject(error);
      }
    });
    asking.once("error", reject).end(sent);
  });
}

/** The first half of what was sent, and then nothing more. */
function half(onward, sent) {
  return new Promise((resolve) => {
    const headers = { ...onward.headers, "content-length": String(Math.max(sent.length, 1)) };
    delete headers["transfer-encoding"];
    const asking = http.request({ ...onward, headers });
    asking.on("error", resolve).once("close", resolve);
    asking.write(sent.subarray(0, Math.floor(sent.length / 2)), () => asking.destroy());
  });
}
