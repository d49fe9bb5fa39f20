/** Finds a QR code in a picture. The WebAssembly comes from here, never from a CDN, and works without a network. */
import { prepareZXingModule, purgeZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

const OPTIONS: ReaderOptions = {
  formats: ["QRCode"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: 1,
};

let isReady = false;

/** Rejects when it does not load; the next call tries again. */
export async function prepare(): Promise<void> {
  if (isReady) return;
  try {
    const answer = await fetch(wasm);
    if (!answer.ok) throw new Error(`${answer.status}`);
    await prepareZXingModule({ overrides: { wasmBinary: await answer.arrayBuffer() }, fireImmediately: true });
    isReady = true;
  } catch (error) {
    purgeZXingModule();
    throw error;
  }
}

/** The text of a code in it, or null. */
export async function codeIn(picture: ImageData): Promise<string | null> {
  const [found] = await readBarcodes(picture, OPTIONS);
  return found?.isValid ? found.text : null;
}
