// The push service of Chromium's makers, as far as a subscription needs it: a browser that is pointed here has a real PushManager,
// whose subscriptions are real but for who gave them out. What is pushed comes over the developer tools' own door (push below).
import http from "node:http";

export class PushService {
  subscriptions = 0;
  #door = http.createServer((request, response) => this.#answer(request, response));

  static async open() {
    const service = new PushService();
    await new Promise((resolve) => service.#door.listen(0, "127.0.0.1", resolve));
    return service;
  }

  /** For the browser that asks this one. */
  get args() {
    const url = `http://127.0.0.1:${this.#door.address().port}`;
    return [`--gcm-checkin-url=${url}/checkin`, `--gcm-registration-url=${url}/register`];
  }

  async close() {
    this.#door.closeAllConnections();
    await new Promise((resolve) => this.#door.close(resolve));
  }

  #answer(request, response) {
    request.resume();
    if (request.url === "/checkin") return response.writeHead(200, { "content-type": "application/x-protobuffer" }).end(checkedIn());
    this.subscriptions += 1;
    return response.writeHead(200, { "content-type": "text/plain" }).end(`token=journey-${this.subscriptions}`);
  }
}

/** AndroidCheckinResponse: stats_ok, android_id, security_token. */
function checkedIn() {
  const answer = Buffer.alloc(20);
  answer.writeUInt16BE(0x0801, 0);
  answer.writeUInt8(0x39, 2);
  answer.writeBigUInt64LE(4711n, 3);
  answer.writeUInt8(0x41, 11);
  answer.writeBigUInt64LE(815n, 12);
  return answer;
}

/** Gives the worker of this page a push, as the browser does when one has come. */
export async function push(page, said) {
  const tools = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  const known = new Promise((resolve) => {
    tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const found = registrations.find((each) => each.scopeURL === `${origin}/app/` && !each.isDeleted);
      if (found) resolve(found.registrationId);
    });
  });
  await tools.send("ServiceWorker.enable");
  await tools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await known, data: JSON.stringify(said) });
  await tools.detach();
}
