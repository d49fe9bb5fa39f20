/** The server's time as far as this machine knows it, offline too and with its own clock wrong. Pure: both clocks are arguments. */

/** wall: the machine's clock, which anybody may set. steady: milliseconds that only rise, but may rest while the machine sleeps. */
export interface Clocks {
  readonly wall: () => number;
  readonly steady: () => number;
}

/** A step back of the wall clock by more than this is somebody who set it. */
const SET_BACK_MS = 2_000;
const WORTH_KEEPING_MS = 1_000;

export class ServerClock {
  private readonly clocks: Clocks;
  private ahead: number;
  private anchor: { readonly wall: number; readonly steady: number };

  /** ahead: milliseconds that the server's clock is ahead of this machine's, as it was kept. */
  constructor(clocks: Clocks, ahead: number) {
    this.clocks = clocks;
    this.ahead = ahead;
    this.anchor = { wall: clocks.wall(), steady: clocks.steady() };
  }

  now(): number {
    const walked = this.clocks.wall() - this.anchor.wall;
    const passed = this.clocks.steady() - this.anchor.steady;
    return Math.round(this.anchor.wall + this.ahead + (walked < passed - SET_BACK_MS ? passed : walked));
  }

  /** The server said its time. Returns how far it is ahead of the machine's clock, to be kept; null if that is nothing new. */
  told(serverTime: number): number | null {
    const before = this.ahead;
    this.anchor = { wall: this.clocks.wall(), steady: this.clocks.steady() };
    this.ahead = serverTime - this.anchor.wall;
    return Math.abs(this.ahead - before) > WORTH_KEEPING_MS ? this.ahead : null;
  }
}
