import { expect, it } from "vitest";
import { isLong } from "../../src/app/parts/LongText";

it.each([
  ["首付四成".repeat(40), false],
  ["首付四成".repeat(40) + "。", true],
  ["一\n二\n三\n四\n五\n六", false],
  ["一\n二\n三\n四\n五\n六\n七", true],
])("a text is folded from its 161st character or its seventh line: %#", (text, folded) => {
  expect(isLong(text)).toBe(folded);
});
