// A film for Chromium's fake camera: codes held before it one after the other, a little askew, with noise, as a hand would.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PYTHON = join(fileURLToPath(new URL("../../..", import.meta.url)), ".venv/bin/python");
const MATRICES = "import json,segno,sys\nprint(json.dumps([[list(r) for r in segno.make(t,error='m',micro=False).matrix_iter(border=4)] for t in json.load(sys.stdin)]))";
const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 5;
const ANGLE = (7 * Math.PI) / 180;

/** Writes it. scenes: [{ text, seconds }], text null for nobody there. The film begins anew at its end. */
export function writeFilm(path, scenes) {
  const texts = scenes.filter((scene) => scene.text !== null).map((scene) => scene.text);
  const matrices = JSON.parse(execFileSync(PYTHON, ["-c", MATRICES], { input: JSON.stringify(texts), maxBuffer: 1 << 26 }));
  const file = openSync(path, "w");
  const random = lcg(7);
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
  for (const { text, seconds } of scenes) {
    const picture = text === null ? empty() : drawn(matrices.shift());
    for (let frame = 0; frame < seconds * FRAMES_PER_SECOND; frame += 1) {
      writeSync(file, "FRAME\n");
      writeSync(file, noisy(picture, random));
      writeSync(file, Buffer.alloc((WIDTH * HEIGHT) / 2, 128));
    }
  }
  closeSync(file);
}

const empty = () => new Uint8Array(WIDTH * HEIGHT).fill(150);

function drawn(matrix) {
  const picture = empty();
  const scale = Math.floor((HEIGHT * 0.8) / matrix.length);
  const [cos, sin] = [Math.cos(ANGLE), Math.sin(ANGLE)];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [dx, dy] = [x - WIDTH / 2, y - HEIGHT / 2];
      const column = Math.floor((dx * cos + dy * sin) / scale + matrix.length / 2);
      const row = Math.floor((dy * cos - dx * sin) / scale + matrix.length / 2);
      const module = matrix[row]?.[column];
      if (module !== undefined) picture[y * WIDTH + x] = module ? 40 : 225;
    }
  }
  return picture;
}

function noisy(picture, random) {
  const frame = Buffer.from(picture);
  for (let at = 0; at < frame.length; at += 3) frame[at] += Math.floor(random() * 25) - 12;
  return frame;
}

/** The same film each time. */
function lcg(seed) {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
}
