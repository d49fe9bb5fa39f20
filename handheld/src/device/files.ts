/** Pictures and PDFs on the device: kept by the hash of their content until the server has them for good. */
import type { Storage } from "../store/ports";
import type { FileInfo } from "../sync/uploading";
import type { KeptFile } from "./api";

/** Keeps it once, however often the same bytes come. */
export async function keepFile(storage: Storage, content: Blob, at: number): Promise<KeptFile> {
  const bytes = await content.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return storage.change(async (writes) => {
    const known = (await writes.get("files", `info/${sha256}`)) as KeptFile | undefined;
    // Kept before: it only comes back when its bytes are gone, or when it was refused.
    if (known && known.state !== "refused") {
      await writes.put([{ table: "files", key: `bytes/${sha256}`, value: bytes }]);
      return known;
    }
    const info: FileInfo = { sha256, size: bytes.byteLength, type: content.type, state: "unsent", code: null, at, sentAt: null };
    await writes.put([
      { table: "files", key: `info/${sha256}`, value: info },
      { table: "files", key: `bytes/${sha256}`, value: bytes },
    ]);
    return info;
  });
}

export async function readContent(storage: Storage, sha256: string): Promise<Blob | undefined> {
  const [info, bytes] = await storage.read((reads) => reads.getMany("files", [`info/${sha256}`, `bytes/${sha256}`]));
  return bytes === undefined ? undefined : new Blob([bytes as ArrayBuffer], { type: (info as KeptFile | undefined)?.type ?? "" });
}
