/** A customer's files as documents, and colleagues named in a note. */
import { describe, expect, it } from "vitest";
import { documentsOf, saySize, type Attachment } from "../../src/app/attachments/documents";
import { begunMention, marked, stillNamed, withMention } from "../../src/app/comments/mentions";

const row = (id: string, values: Partial<Attachment> = {}): Attachment =>
  ({ id, version_of: null, revision: 1, added_at: 1, removed_at: null, name: id, ...values }) as Attachment;

describe("documents", () => {
  it("are as new as their present version, and keep the older ones", () => {
    const rows = [row("a"), row("b", { added_at: 5 }), row("c", { version_of: "a", revision: 3, added_at: 9 }), row("d", { version_of: "a", revision: 2 })];
    expect(documentsOf(rows).map((each) => [each.first, each.present.id, each.older.map(({ id }) => id)])).toEqual([
      ["a", "c", ["d", "a"]],
      ["b", "b", []],
    ]);
  });

  it("show what was made here as the newest, before the server has given it a number", () => {
    const { revision: _, ...unsent } = row("z", { version_of: "a" });
    const [document] = documentsOf([row("a", { revision: 1 }), row("y", { version_of: "a", revision: 2 }), unsent as Attachment]);
    expect(document?.present.id).toBe("z");
  });

  it("fall back to the version before one that was taken away, even the first", () => {
    expect(documentsOf([row("a"), row("b", { version_of: "a", revision: 2, removed_at: 7 })])[0]?.present.id).toBe("a");
    const [left] = documentsOf([row("a", { removed_at: 7 }), row("b", { version_of: "a", revision: 2 })]);
    expect([left?.first, left?.present.id]).toEqual(["a", "b"]);
    expect(documentsOf([row("a", { removed_at: 7 })])).toEqual([]);
  });

  it("are measured as people do", () => {
    expect([saySize(1), saySize(90_000), saySize(3_000_000)]).toEqual(["1 KB", "88 KB", "2.9 MB"]);
  });
});

describe("mentions", () => {
  const [na, nan] = [{ id: "1", name: "李娜" }, { id: "2", name: "李娜娜" }];

  it.each([
    ["请 @", ""],
    ["请 @李", "李"],
    ["请 @李娜 看", null],
    ["a@b @", ""],
    ["没有", null],
  ])("%s", (text, begun) => {
    expect(begunMention(text)).toBe(begun);
  });

  it("are put in full, counted while they stand there, and shown by the longest name that fits", () => {
    expect(withMention("请 @李", "李娜")).toBe("请 @李娜 ");
    expect(stillNamed("请 @李娜 看", [na, { id: "3", name: "王" }])).toEqual([na]);
    expect(marked("@李娜娜和@李娜。", [na, nan]).map((each) => [each.text, each.isName])).toEqual([
      ["@李娜娜", true], ["和", false], ["@李娜", true], ["。", false],
    ]);
    expect(marked("只有字", [])).toEqual([{ text: "只有字", isName: false }]);
  });
});
