// What axe and a ruler find on the screen that is open.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings, one line each: what stays. What is found is looked at twice, since a button may change while axe looks. */
export async function seriousOf(page) {
  const found = await look(page);
  return found.length === 0 ? found : await look(page);
}

/** Evaluated, not injected as an element: the page's policy forbids that. */
async function look(page) {
  // A button that comes back to life while axe looks must not be met halfway, pale and not disabled any more.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(stillPicture);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  await page.emulateMedia({ reducedMotion: null });
  return violations
    .filter((each) => each.impact === "serious" || each.impact === "critical")
    .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.target.join(" ")} (${node.failureSummary?.split("\n")[1]?.trim()})`));
}

/** In the page: waits for what fades in, which is too pale on its way. What goes on for longer is part of the screen. */
async function stillPicture() {
  const short = document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime <= 1000);
  await Promise.allSettled(short.map((each) => each.finished));
}

/** What is tapped and smaller than 44 pixels in height or width. Links within a sentence are text (WCAG 2.5.8). */
export function smallTargets(page) {
  return page.evaluate(() => {
    const least = 44;
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return [...document.querySelectorAll("button, a[href], input, textarea, select, [role=button], [role=switch]")]
      .filter(isSeen)
      .filter((element) => !element.closest("p") && !element.closest(".adm-input, .adm-text-area"))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (Math.round(box.height) < least || Math.round(box.width) < least))
      .map(({ element, box }) => `${Math.round(box.width)}×${Math.round(box.height)}: ${element.outerHTML.slice(0, 120)}`);
  });
}
