// The oldest browsers that the app promises to run in are Chrome 111 and Safari 16.4 (README.md). There is none here, so each
// page of a journey loses what came later, or what Safari never had, before its first script runs: whoever uses it fails.
const LATER = {
  Array: ["fromAsync"],
  "ArrayBuffer.prototype": ["transfer", "transferToFixedLength"],
  AbortSignal: ["any"],
  "Document.prototype": ["startViewTransition"],
  "HTMLElement.prototype": ["showPopover", "hidePopover", "togglePopover"],
  Intl: ["DurationFormat"],
  "Iterator.prototype": ["map", "filter", "take", "drop", "flatMap", "reduce", "toArray", "forEach", "some", "every", "find"],
  Map: ["groupBy"],
  Object: ["groupBy"],
  Promise: ["withResolvers", "try"],
  RegExp: ["escape"],
  Response: ["json"],
  "Set.prototype": ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"],
  URL: ["canParse", "parse"],
  Uint8Array: ["fromBase64", "fromHex"],
  "Uint8Array.prototype": ["toBase64", "toHex", "setFromBase64", "setFromHex"],
  globalThis: ["requestIdleCallback", "cancelIdleCallback", "scheduler"],
};

export const asOld = (context) => context.addInitScript(takeAway, LATER);

function takeAway(later) {
  for (const [path, names] of Object.entries(later)) {
    const owner = path.split(".").reduce((found, name) => found?.[name], globalThis);
    for (const name of names) if (owner && name in owner) delete owner[name];
  }
}
