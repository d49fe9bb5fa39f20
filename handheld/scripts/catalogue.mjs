// Takes the texts of the code into src/i18n/*.po. --check: writes nothing, fails when that would change one, or when a
// Chinese text is missing.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const kept = join(root, "src/i18n");
const names = ["en.po", "zh.po"];
const check = process.argv.includes("--check");
const folder = check ? mkdtempSync(join(tmpdir(), "texts-")) : kept;

const entries = (file) =>
  readFileSync(file, "utf8")
    .split(/\n{2,}/)
    .slice(1)
    .map((entry) => entry.trim())
    .filter(Boolean);
const isEmpty = (entry) => /^msgstr ""\n?$/m.test(entry) && !/^msgstr ""\n"/m.test(entry) && !entry.startsWith("#~");

try {
  if (check) for (const name of names) cpSync(join(kept, name), join(folder, name));
  execFileSync(join(root, "node_modules/.bin/lingui"), ["extract", "--clean"], {
    cwd: root,
    env: { ...process.env, DOORSTEP_TEXTS: folder },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stale = names.filter((name) => entries(join(folder, name)).join("\n") !== entries(join(kept, name)).join("\n"));
  const missing = entries(join(folder, "zh.po")).filter(isEmpty);
  if (check && stale.length > 0) console.error(`src/i18n is not up to date (${stale.join(", ")}): npm run texts`);
  if (missing.length > 0) console.error(`without a Chinese text:\n\n${missing.join("\n\n")}`);
  if (check && (stale.length > 0 || missing.length > 0)) process.exitCode = 1;
} finally {
  if (check) rmSync(folder, { recursive: true });
}
