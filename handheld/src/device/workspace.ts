/** What one person has on this device, put together: store, queue, drafts, files, and the loop that syncs them. */
import { Edits, queue } from "../queue/editing";
import { StateDraft } from "../store/draft";
import { combined, liveOf, type Live } from "../store/live";
import type { Reads, Storage } from "../store/ports";
import { loadState } from "../store/state";
import type { Session } from "../session/session";
import type { Line } from "../session/ports";
import { read as readAnswer } from "../session/asking";
import { readBacklog, readReport } from "../sync/status";
import { SHAPES } from "../wire/collections";
import type { Asked, Drafts, Files, Group, MendItem, Person, Sync, SyncStatus, Workspace } from "./api";
import { keepFile, readContent } from "./files";
import { readerOf } from "./reading";

export interface WorkspacePorts {
  readonly person: Person;
  readonly storage: Storage;
  readonly session: Session;
  readonly line: Line;
  readonly clock: () => number;
  readonly mint: (now: number) => string;
  readonly online: Live<boolean>;
  /** Something was done here: whichever tab syncs should do so now. */
  readonly nudge: () => void;
}

const ASK_TIMEOUT = 20_000;
/** Of a whole file, either way. */
const FILE_TIMEOUT = 300_000;
const NOW_TIMEOUT = 60_000;

export function makeWorkspace(ports: WorkspacePorts): Workspace {
  const { person, storage } = ports;
  return {
    person,
    live: (query) => liveOf(storage, (reads) => query(readerOf(reads))),
    read: (query) => storage.read((reads: Reads) => query(readerOf(reads))),
    act: (build, options) => act(ports, build, options?.draft ?? null),
    drafts: draftsOf(ports),
    files: filesOf(ports),
    sync: syncOf(ports),
    forget: (mend) => forget(storage, mend),
    ask: (method, path, body, expect) => ask(ports, method, path, body, expect),
  };
}

async function act<T>(ports: WorkspacePorts, build: (group: Group) => T, draft: string | null): Promise<T> {
  const edits = new Edits(SHAPES, ports.clock, ports.mint);
  const result = build(edits as unknown as Group);
  await ports.storage.change((writes) => queue(writes, edits.made, draft));
  ports.nudge();
  return result;
}

function draftsOf({ storage, clock }: WorkspacePorts): Drafts {
  return {
    put: (form, value) => storage.change((writes) => writes.put([{ table: "drafts", key: form, value: { value, at: clock() } }])),
    drop: (form) => storage.change((writes) => writes.put([{ table: "drafts", key: form, value: undefined }])),
    all: () =>
      storage.read(async (reads) =>
        (await reads.scan("drafts")).map(([form, kept]) => ({ form, ...(kept as { value: unknown; at: number }) })),
      ),
  };
}

function filesOf({ storage, clock, nudge }: WorkspacePorts): Files {
  return {
    async keep(content) {
      const kept = await keepFile(storage, content, clock());
      nudge();
      return kept;
    },
    content: (sha256) => readContent(storage, sha256),
  };
}

function syncOf({ storage, online, nudge }: WorkspacePorts): Sync {
  const stored = liveOf(storage, async (reads) => ({ ...(await readReport(reads)), ...(await readBacklog(reads)) }));
  const status = combined(stored, online, ({ attempts: _, ...rest }, isOnline): SyncStatus => ({ ...rest, online: isOnline }));
  return {
    status,
    async now() {
      const { attempts } = await storage.read(readReport);
      nudge();
      await reached(storage, attempts + 1);
    },
  };
}

/** Resolves when that many attempts are over, or after a minute. */
async function reached(storage: Storage, attempts: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      over();
    }, NOW_TIMEOUT);
    const end = storage.watch(
      readReport,
      (report) => {
        if (report.attempts >= attempts && !report.syncing) over();
      },
      () => {
        over();
      },
    );
    const over = (): void => {
      clearTimeout(timer);
      queueMicrotask(() => {
        end();
      });
      resolve();
    };
  });
}

function forget(storage: Storage, mend: MendItem): Promise<void> {
  return storage.change(async (writes) => {
    const draft = new StateDraft(await loadState(writes));
    draft.forget(mend.serial);
    await draft.commit(writes);
  });
}

/** A password given again was wrong: it is not the token that is refused, and trying twice would count twice. */
const WRONG_PASSWORD = "accounts.sign-in-refused";

async function ask({ session, line }: WorkspacePorts, method: string, path: string, body: unknown, expect?: "file"): Promise<Asked> {
  let refused: string | null = null;
  const bytes = body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : undefined;
  const timeout = bytes !== undefined || expect === "file" ? FILE_TIMEOUT : ASK_TIMEOUT;
  for (;;) {
    const bearer = await session.bearer(refused);
    if (bearer.kind !== "bearer") return { offline: true };
    const headers = { authorization: `Bearer ${bearer.token}`, ...(bytes && { "content-type": "application/octet-stream" }) };
    const sent = bytes ? { bytes } : body !== undefined && { body };
    const answer = await line.send({ method, path, headers, timeout, ...sent });
    if (answer?.status === 200 && answer.file) return { offline: false, status: 200, code: null, body: answer.file };
    const told = readAnswer(answer);
    if (told.status === 0) return { offline: true };
    if (told.status === 401 && told.code !== WRONG_PASSWORD && refused === null) {
      refused = bearer.token;
      continue;
    }
    return { offline: false, status: told.status, code: told.code, body: told.document };
  }
}

