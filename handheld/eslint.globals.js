/** What Node scripts find around them. */
export default { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly" };
