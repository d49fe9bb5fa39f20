// Folders for what a journey throws away.
import { existsSync, mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
const ENOUGH = 2 ** 31;

/** In memory where there is enough of it, as for the databases of pytest: a browser's and a server's disk is what they wait for. */
export const newFolder = (prefix) => mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), prefix));

function hasRoom(path) {
  if (!existsSync(path)) return false;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > ENOUGH;
}
