/** Sends kept files by tus (docs/protocol.md §18), after the operations that cite them. Resumes where it was cut. */
import type { Line } from "../session/ports";
import type { Storage } from "../store/ports";
import { isObject } from "../wire/reading";
import type { Answer } from "./answers";

/** What is kept beside the bytes. at: when it was kept; sentAt: when the server had it for good. */
export interface FileInfo {
  readonly sha256: string;
  readonly size: number;
  readonly type: string;
  readonly state: "unsent" | "sent" | "refused";
  readonly code: string | null;
  readonly at: number;
  readonly sentAt: number | null;
}

export interface UploadPorts {
  readonly storage: Storage;
  readonly line: Line;
  readonly clock: () => number;
}

/** A good size for a bad line: what is lost when it is cut. */
const PART = 256 * 1024;
/** A picture is looked at for some days after it was sent, with or without a line; then the server's is enough. */
const KEPT_SENT = 7 * 86_400_000;
const TIMEOUT = 60_000;
/** How often one picture begins again in a row, when the server says so. */
const MOST_BEGINNINGS = 4;
const TYPES = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

/** all: nothing is left. waiting: for a better line. stopped: because isWanted said that something else goes first. */
export type Uploaded = "all" | "waiting" | "stopped";

/** Sends what is unsent, oldest first. isWanted: asked before each part, since a picture can take minutes. */
export async function upload(ports: UploadPorts, token: string, signal: AbortSignal, isWanted: () => boolean): Promise<Uploaded> {
  const files = (await ports.storage.read((reads) => reads.scan("files", "info/"))).map(([, info]) => info as FileInfo);
  for (const file of files.filter((each) => each.state === "unsent").sort((one, other) => one.at - other.at)) {
    const outcome = await send(ports, file, token, signal, isWanted);
    if (outcome === "waiting" || outcome === "stopped") return outcome;
    await keep(ports.storage, { ...file, ...outcome });
  }
  const old = files.filter((each) => each.sentAt !== null && each.sentAt < ports.clock() - KEPT_SENT);
  if (old.length > 0) await ports.storage.change((writes) => writes.put(old.map((each) => gone(each.sha256))));
  return "all";
}

type Outcome = Pick<FileInfo, "state" | "code" | "sentAt">;
/** offset: go on there. again: begin again. later: the line or the server is not up to it. */
type Reply =
  | { readonly kind: "offset"; readonly offset: number; readonly location: string | null }
  | { readonly kind: "again" | "later" }
  | { readonly kind: "refused"; readonly code: string };

async function send(
  ports: UploadPorts,
  file: FileInfo,
  token: string,
  signal: AbortSignal,
  isWanted: () => boolean,
): Promise<Outcome | "waiting" | "stopped"> {
  const bytes = (await ports.storage.read((reads) => reads.get("files", `bytes/${file.sha256}`))) as ArrayBuffer | undefined;
  if (!bytes) return { state: "refused", code: "core.file-unreadable", sentAt: null };
  let hashFailed = false;
  for (let beginnings = 0; beginnings < MOST_BEGINNINGS; beginnings += 1) {
    let reply = read(await create(ports, file, token, signal));
    const location = reply.kind === "offset" ? reply.location : null;
    while (reply.kind === "offset" && location !== null && reply.offset < file.size) {
      if (!isWanted()) return "stopped";
      const before: number = reply.offset;
      reply = read(await patch(ports, location, bytes, before, token, signal));
      if (reply.kind === "offset" && reply.offset <= before) return "waiting"; // no progress: not a server of this protocol
    }
    if (reply.kind === "offset" && reply.offset === file.size) return { state: "sent", code: null, sentAt: ports.clock() };
    if (reply.kind === "later" || reply.kind === "offset") return "waiting";
    // Spoilt on its way: once more from the beginning. Spoilt twice: it is not the way.
    const isSpoilt: boolean = reply.kind === "refused" && reply.code === "core.file-hash" && !hashFailed;
    if (reply.kind === "refused" && !isSpoilt) return { state: "refused", code: reply.code, sentAt: null };
    hashFailed ||= isSpoilt;
  }
  return "waiting";
}

function create({ line }: UploadPorts, file: FileInfo, token: string, signal: AbortSignal): Promise<Answer | null> {
  const type = TYPES.includes(file.type) ? `,filetype ${btoa(file.type)}` : "";
  return line.send({
    method: "POST",
    path: "/mobile/v1/files",
    headers: {
      ...common(token),
      "upload-length": String(file.size),
      "upload-metadata": `sha256 ${btoa(file.sha256)}${type}`,
    },
    timeout: TIMEOUT,
    signal,
  });
}

async function patch(
  { line }: UploadPorts,
  location: string,
  bytes: ArrayBuffer,
  offset: number,
  token: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const part = new Uint8Array(bytes.slice(offset, offset + PART));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", part));
  return line.send({
    method: "PATCH",
    path: location.startsWith(line.origin) ? location.slice(line.origin.length) : location,
    headers: {
      ...common(token),
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(offset),
      "upload-checksum": `sha256 ${btoa(String.fromCharCode(...hash))}`,
    },
    bytes: part,
    timeout: TIMEOUT,
    signal,
  });
}

function common(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, "tus-resumable": "1.0.0" };
}

function read(answer: Answer | null): Reply {
  if (answer === null) return { kind: "later" };
  const { status, headers } = answer;
  const offset = /^\d{1,15}$/.test(headers["upload-offset"] ?? "") ? Number(headers["upload-offset"]) : null;
  if (status === 201 || status === 204) {
    return offset === null ? { kind: "later" } : { kind: "offset", offset, location: headers.location ?? null };
  }
  const code = codeOf(answer.body);
  if (status === 404 || status === 409 || status === 410 || status === 460) return code === null ? { kind: "later" } : { kind: "again" };
  if ((status === 413 || status === 422) && code !== null) return { kind: "refused", code };
  return { kind: "later" };
}

function codeOf(body: string): string | null {
  try {
    const problem: unknown = JSON.parse(body);
    return isObject(problem) && typeof problem.code === "string" ? problem.code : null;
  } catch {
    return null;
  }
}

function keep(storage: Storage, file: FileInfo): Promise<void> {
  return storage.change((writes) => writes.put([{ table: "files", key: `info/${file.sha256}`, value: file }]));
}

function gone(sha256: string) {
  return { table: "files" as const, key: `bytes/${sha256}`, value: undefined };
}
