/** What became of an operation (docs/protocol.md §7). */
import { MalformedAnswer, isObject, object, orNull, string, whole } from "./reading";

const VERDICTS = ["applied", "merged", "duplicate", "conflict", "rejected", "skipped", "retry"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Decision {
  readonly n: number;
  readonly verdict: Verdict;
  /** The head from which a checkpoint shows the effect; null: nothing to wait for. */
  readonly visible_at: number | null;
  readonly code: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  /** The server's values where they differ from what was sent; may be partial. */
  readonly row: Readonly<Record<string, unknown>> | null;
}

/** True when the operation had no effect and never will: a person has to look at it. */
export function isRefused(verdict: Verdict): verdict is "rejected" | "skipped" {
  return verdict === "rejected" || verdict === "skipped";
}

/** Throws MalformedAnswer. */
export function parseDecision(value: unknown): Decision {
  const read = object(value, "verdict");
  const verdict = VERDICTS.find((each) => each === read.verdict);
  if (!verdict) throw new MalformedAnswer("an unknown verdict");
  orNull(read.version, (each) => whole(each, "version"));
  return {
    n: whole(read.n, "n", 1),
    verdict,
    visible_at: orNull(read.visible_at, (each) => whole(each, "visible_at")),
    code: orNull(read.code, (each) => string(each, "code")),
    params: isObject(read.params) ? read.params : {},
    row: orNull(read.row, (each) => object(each, "row")),
  };
}
