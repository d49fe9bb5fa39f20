/** Pictures go out by tus over a line that is cut, once, and stay here until the server has them for good. */
import { describe, expect, it } from "vitest";
import { keepFile, readContent } from "../src/device/files";
import type { Asking, Line } from "../src/session/ports";
import { MemoryStorage } from "../src/storage/memory";
import type { Answer } from "../src/sync/answers";
import { upload, type FileInfo, type Uploaded } from "../src/sync/uploading";

const SIZE = 700_000;
const picture = new Blob([new Uint8Array(SIZE).map((_, place) => place % 251)], { type: "image/jpeg" });

/** The server's side of docs/protocol.md §18, for one person. */
class Tus {
  readonly arrived = new Map<string, number[]>();
  readonly asked: Asking[] = [];
  refusal: { readonly status: number; readonly code: string; times: number } | null = null;
  /** What becomes of the request of that place. */
  plan: (place: number) => "ok" | "lost" | "unheard" = () => "ok";

  readonly line: Line = {
    origin: "http://x",
    send: (asking) => {
      const fate = this.plan(this.asked.length);
      this.asked.push(asking);
      if (fate === "lost") return Promise.resolve(null);
      const answer = this.#answer(asking);
      return Promise.resolve(fate === "unheard" ? null : answer);
    },
  };

  #answer({ method, path, headers = {}, bytes }: Asking): Answer {
    expect(headers).toMatchObject({ authorization: "Bearer token", "tus-resumable": "1.0.0" });
    if (method === "POST") {
      const sha256 = atob(/^sha256 (\S+?),filetype aW1hZ2UvanBlZw==$/.exec(headers["upload-metadata"] ?? "")?.[1] ?? "");
      expect(headers["upload-length"]).toBe(String(SIZE));
      const kept = this.arrived.get(sha256) ?? [];
      this.arrived.set(sha256, kept);
      return { status: 201, headers: { location: `/mobile/v1/files/${sha256}`, "upload-offset": String(kept.length) }, body: "" };
    }
    const kept = this.arrived.get(path.split("/").at(-1) ?? "");
    if (!kept) return problem(404, "core.not-found");
    if (headers["upload-offset"] !== String(kept.length)) return problem(409, "core.upload-offset");
    for (const byte of bytes ?? []) kept.push(byte);
    if (kept.length === SIZE && this.refusal && this.refusal.times > 0) {
      this.refusal.times -= 1;
      kept.length = 0;
      return problem(this.refusal.status, this.refusal.code);
    }
    return { status: 204, headers: { "upload-offset": String(kept.length) }, body: "" };
  }
}

function problem(status: number, code: string): Answer {
  return { status, headers: {}, body: JSON.stringify({ code }) };
}

class Phone {
  readonly storage = new MemoryStorage();
  readonly tus = new Tus();
  now = 1_760_000_000_000;

  upload(isWanted: () => boolean = () => true): Promise<Uploaded> {
    return upload({ storage: this.storage, line: this.tus.line, clock: () => this.now }, "token", new AbortController().signal, isWanted);
  }

  async info(sha256: string): Promise<FileInfo> {
    return (await this.storage.read((reads) => reads.get("files", `info/${sha256}`))) as FileInfo;
  }
}

async function withPicture(): Promise<{ phone: Phone; sha256: string }> {
  const phone = new Phone();
  const { sha256 } = await keepFile(phone.storage, picture, phone.now);
  return { phone, sha256 };
}

describe("a picture", () => {
  it("is kept once under the hash of its bytes, and is sent in parts", async () => {
    const { phone, sha256 } = await withPicture();
    expect((await keepFile(phone.storage, picture, phone.now)).sha256).toBe(sha256);
    expect(await phone.upload()).toBe("all");
    expect(phone.tus.arrived.get(sha256)).toHaveLength(SIZE);
    expect(phone.tus.asked.map(({ method }) => method)).toEqual(["POST", "PATCH", "PATCH", "PATCH"]);
    expect(await phone.info(sha256)).toMatchObject({ state: "sent", size: SIZE });
    await phone.upload();
    expect(phone.tus.asked).toHaveLength(4);
  });

  it.each([0, 1, 2, 3].flatMap((place) => (["lost", "unheard"] as const).map((fate) => [place, fate] as const)))(
    "goes on where it was when request %i is %s",
    async (place, fate) => {
      const { phone, sha256 } = await withPicture();
      phone.tus.plan = (asked) => (asked === place ? fate : "ok");
      expect(await phone.upload()).toBe("waiting");
      expect((await phone.info(sha256)).state).toBe("unsent");
      expect(await phone.upload()).toBe("all");
      const arrived = Buffer.from(phone.tus.arrived.get(sha256) ?? []);
      expect(arrived.equals(Buffer.from(await picture.arrayBuffer()))).toBe(true);
      expect(phone.tus.asked.filter(({ method }) => method === "PATCH").length).toBeLessThanOrEqual(4);
    },
  );

  it("that was spoilt on its way is sent once more; spoilt twice, it is refused", async () => {
    const once = await withPicture();
    once.phone.tus.refusal = { status: 422, code: "core.file-hash", times: 1 };
    expect(await once.phone.upload()).toBe("all");
    expect((await once.phone.info(once.sha256)).state).toBe("sent");
    const twice = await withPicture();
    twice.phone.tus.refusal = { status: 422, code: "core.file-hash", times: 2 };
    expect(await twice.phone.upload()).toBe("all");
    expect(await twice.phone.info(twice.sha256)).toMatchObject({ state: "refused", code: "core.file-hash" });
  });

  it("that the server can not take says why, and stands in no other's way", async () => {
    const { phone, sha256 } = await withPicture();
    phone.tus.refusal = { status: 422, code: "core.file-pixels", times: 1 };
    expect(await phone.upload()).toBe("all");
    expect(await phone.info(sha256)).toMatchObject({ state: "refused", code: "core.file-pixels" });
    expect(await readContent(phone.storage, sha256)).toBeDefined();
  });

  it("waits while operations go first", async () => {
    const { phone, sha256 } = await withPicture();
    let parts = 0;
    expect(await phone.upload(() => (parts += 1) < 2)).toBe("stopped");
    expect(phone.tus.arrived.get(sha256)?.length).toBe(256 * 1024);
    expect(await phone.upload()).toBe("all");
  });

  it("is looked at without a line for a week after it was sent", async () => {
    const { phone, sha256 } = await withPicture();
    await phone.upload();
    phone.now += 6 * 86_400_000;
    await phone.upload();
    expect((await readContent(phone.storage, sha256))?.size).toBe(SIZE);
    phone.now += 2 * 86_400_000;
    await phone.upload();
    expect(await readContent(phone.storage, sha256)).toBeUndefined();
  });
});
