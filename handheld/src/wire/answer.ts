/** The answer to an exchange, read whole or not at all (docs/protocol.md §5, M2). Unknown members are ignored. */
import { parseCursor, type Cursor } from "./cursors";
import { parseChanges, type Changes } from "./pages";
import { MalformedAnswer, array, flag, isObject, object, orNull, string, whole, type Members } from "./reading";
import { parseDecision, type Decision } from "./verdicts";

export interface Notice {
  readonly code: string;
  readonly params: Members;
}

export interface PullAnswer {
  readonly cursor: Cursor;
  readonly complete: boolean;
  readonly reset: boolean;
  readonly changes: Changes;
  /** As it came: what is kept aside until the run is complete. */
  readonly wire: Members;
  readonly remaining: number | null;
}

export interface ExchangeAnswer {
  readonly serverTime: number;
  readonly head: number;
  readonly decisions: readonly Decision[] | null;
  readonly pull: PullAnswer | null;
  readonly notice: Notice | null;
}

/** Throws MalformedAnswer. */
export function parseAnswer(document: unknown): ExchangeAnswer {
  const read = object(document, "answer");
  return {
    serverTime: whole(read.server_time, "server_time"),
    head: whole(read.head, "head"),
    decisions: orNull(read.push, parsePush),
    pull: orNull(read.pull, parsePull),
    notice: orNull(read.notice, (each) => {
      const notice = object(each, "notice");
      return { code: string(notice.code, "code"), params: isObject(notice.params) ? notice.params : {} };
    }),
  };
}

function parsePush(value: unknown): Decision[] {
  const push = object(value, "push");
  whole(push.acknowledged, "acknowledged");
  return array(push.verdicts, "verdicts").map(parseDecision);
}

function parsePull(value: unknown): PullAnswer {
  const pull = object(value, "pull");
  const cursor = parseCursor(pull.cursor);
  if (cursor === null) throw new MalformedAnswer("no usable cursor");
  return {
    cursor,
    complete: flag(pull.complete, "complete"),
    reset: flag(pull.reset, "reset"),
    changes: parseChanges(pull),
    wire: pull,
    remaining: orNull(pull.remaining, (each) => whole(each, "remaining")),
  };
}
