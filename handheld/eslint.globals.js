/** What Node scripts find around them, and what those of e2e/ find in the page. */
const names = ["process", "console", "URL", "Buffer", "fetch", "document", "navigator", "globalThis", "localStorage", "sessionStorage", "indexedDB", "KeyboardEvent", "WebAssembly", "innerHeight", "innerWidth"];
export default Object.fromEntries(names.map((name) => [name, "readonly"]));
