// Packs each file of dist/ once, so that the server only sends: x.js.br and x.js.gz beside x.js, where that is worth it.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const SHRINKS = /\.(js|css|html|svg|wasm|webmanifest)$/;
const MOST = 0.9;

for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, name);
  if (!SHRINKS.test(file) || statSync(file).size < 1024) continue;
  const raw = readFileSync(file);
  const packed = {
    ".br": brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    ".gz": gzipSync(raw, { level: 9 }),
  };
  for (const [ending, bytes] of Object.entries(packed)) {
    if (bytes.length < raw.length * MOST) writeFileSync(file + ending, bytes);
  }
}
