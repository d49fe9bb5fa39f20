/** The camera: asks for it, watches it, and gets it back by itself when it was taken away, denied, or stands still. */
import { codeIn, prepare } from "./codes";

/** off: this page may have none (no https). denied, missing, busy: why there is no picture. unreadable: codes cannot be found in it. */
export type CameraState = "starting" | "on" | "off" | "denied" | "missing" | "busy" | "unreadable";
export type Facing = "user" | "environment";

const LOOK_MS = 120;
/** What a code of 45 modules needs at arm's length; more only costs time. */
const WIDTH = 960;
const STILL_MS = 5_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
const RETRY_MOST_MS = 20_000;
const STATES: Readonly<Record<string, CameraState>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
};

export class Camera {
  private readonly video: HTMLVideoElement;
  private readonly canvas = document.createElement("canvas");
  private readonly found: (text: string) => void;
  private readonly became: (state: CameraState) => void;
  private readonly facing: Facing;
  private stream: MediaStream | null = null;
  private timer = 0;
  private failures = 0;
  private ended = false;
  private movedAt = 0;
  private frame = -1;

  /** found: each time a code is seen, many times a second. */
  constructor(video: HTMLVideoElement, facing: Facing, found: (text: string) => void, became: (state: CameraState) => void) {
    this.video = video;
    this.facing = facing;
    this.found = found;
    this.became = became;
  }

  start(): void {
    this.ended = false;
    navigator.mediaDevices?.addEventListener("devicechange", this.changed);
    void this.begin();
  }

  end(): void {
    this.ended = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.changed);
    this.letGo();
  }

  private readonly changed = (): void => {
    if (!this.stream) this.again(0);
  };

  private async begin(): Promise<void> {
    // Not there at all on a page without https.
    if (!("mediaDevices" in navigator)) return this.became("off");
    try {
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: this.facing, ...size } });
      if (this.ended) return stop(stream);
      this.stream = stream;
      for (const track of stream.getTracks()) track.addEventListener("ended", () => this.again());
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      this.failed(error instanceof DOMException ? (STATES[error.name] ?? "busy") : "busy");
      return;
    }
    try {
      await prepare();
    } catch {
      this.failed("unreadable");
      return;
    }
    if (this.ended) return this.letGo();
    this.failures = 0;
    this.movedAt = performance.now();
    this.became("on");
    this.look();
  }

  private look(): void {
    this.timer = window.setTimeout(() => {
      void this.lookOnce()
        .then((goesOn) => (goesOn ? this.look() : this.again()))
        .catch(() => this.failed("unreadable"));
    }, LOOK_MS);
  }

  /** False when the picture stands still: some cameras fall asleep without saying so. */
  private async lookOnce(): Promise<boolean> {
    const now = performance.now();
    if (this.video.currentTime !== this.frame) {
      this.frame = this.video.currentTime;
      this.movedAt = now;
    } else if (now - this.movedAt > STILL_MS && document.visibilityState === "visible") {
      return false;
    }
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth === 0) return true;
    const scale = Math.min(1, WIDTH / videoWidth);
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return true;
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const text = await codeIn(context.getImageData(0, 0, this.canvas.width, this.canvas.height));
    if (text !== null && !this.ended) this.found(text);
    return true;
  }

  private failed(state: CameraState): void {
    if (!this.ended) this.became(state);
    this.again();
  }

  private again(ms = RETRY_MS[this.failures] ?? RETRY_MOST_MS): void {
    this.letGo();
    if (this.ended) return;
    this.failures += 1;
    this.timer = window.setTimeout(() => void this.begin(), ms);
  }

  private letGo(): void {
    window.clearTimeout(this.timer);
    if (this.stream) stop(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
