// What does not fit into its place on the screen that is open.

/**
 * What makes a person push the page sideways, and words that run out of what they stand in. A table that moves within its card
 * is meant to (role=region); what is cut with dots on purpose is not looked at.
 */
export function tooWide(page) {
  return page.evaluate(() => {
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const isMeant = (element) => element.closest("[role=region], .only-heard, textarea, input, select, svg, span:has(> svg)") !== null;
    const overflows = (element) => {
      const { overflowX } = globalThis.getComputedStyle(element);
      return element.clientWidth > 0 && overflowX !== "hidden" && overflowX !== "clip" && element.scrollWidth > element.clientWidth + 1;
    };
    const wide = [...document.querySelectorAll("html, body *")].filter((element) => isSeen(element) && !isMeant(element) && overflows(element));
    return wide
      .filter((element) => !wide.some((other) => other !== element && element.contains(other)))
      .map((element) => `${element.scrollWidth} in ${element.clientWidth} wide: ${element.outerHTML.slice(0, 160)}`);
  });
}
