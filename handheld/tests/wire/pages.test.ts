/** The end does not depend on where the answers are cut, or on whether one is repeated (M22). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketsAfter, fold, parseChanges, type Changes } from "../../src/wire/pages";
import { MalformedAnswer } from "../../src/wire/reading";

const BUCKETS = ["ref", "own:a", "own:b"];
const bucket = fc.constantFrom(...BUCKETS);
const id = fc.constantFrom("1", "2", "3");
type Step = { readonly left: string } | { readonly id: string; readonly buckets: string[]; readonly version: number } | { readonly id: string; readonly out: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ left: bucket }),
  fc.record({ id, buckets: fc.uniqueArray(bucket, { minLength: 1 }), version: fc.nat(99) }),
  fc.record({ id, out: bucket }),
);

/** One step as an answer of its own. */
function changes(each: Step): Changes {
  if ("left" in each) return { left: [each.left], rows: [], removals: [] };
  if ("out" in each) return { left: [], rows: [], removals: [{ collection: "c", id: each.id, bucket: each.out }] };
  return { left: [], rows: [{ collection: "c", id: each.id, version: each.version, values: {}, buckets: each.buckets }], removals: [] };
}

/** What is held after a run, from a set that was held before it. */
function held(answers: readonly Changes[], before: Record<string, string[]>): Record<string, string[]> {
  const folded = fold(answers);
  return Object.fromEntries(["1", "2", "3"].map((each) => [each, bucketsAfter(folded, `c/${each}`, before[each] ?? [])]));
}

describe("a run of answers", () => {
  it("holds the same rows wherever it is cut into checkpoints", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(12), (steps, cut) => {
        const answers = steps.map(changes);
        const before = { "1": ["own:a", "ref"], "2": ["ref"] };
        const whole = held(answers, before);
        expect(held(answers.slice(cut), held(answers.slice(0, cut), before))).toEqual(whole);
      }),
    );
  });

  it("holds the same when its last answer comes twice", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const answers = steps.map(changes);
        expect(held([...answers, ...answers.slice(-1)], {})).toEqual(held(answers, {}));
      }),
    );
  });
});

describe("a page", () => {
  const page = { collection: "c", columns: { id: ["1"], version: [1], name: ["a"] }, buckets: [[0]] };
  const pull = { left: [], pages: [page], bucket_names: ["ref"], removals: [] };

  it("is read column by column", () => {
    expect(parseChanges(pull).rows).toEqual([{ collection: "c", id: "1", version: 1, values: { name: "a" }, buckets: ["ref"] }]);
  });

  it.each([
    ["a column too short", { ...page, columns: { ...page.columns, name: [] } }],
    ["no version", { ...page, columns: { id: ["1"] } }],
    ["a version that is text", { ...page, columns: { ...page.columns, version: ["1"] } }],
    ["a row in no bucket", { ...page, buckets: [[]] }],
    ["a bucket that has no name", { ...page, buckets: [[1]] }],
    ["no columns", { collection: "c", buckets: [[0]] }],
  ])("with %s is not taken", (_, bad) => {
    expect(() => parseChanges({ ...pull, pages: [bad] })).toThrow(MalformedAnswer);
  });
});
