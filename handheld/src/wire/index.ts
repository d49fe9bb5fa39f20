/** The wire: what docs/protocol.md says, without a line, a store or a clock. */
export * from "./collections";
export * from "./ids";
export type * from "./kinds";
export * from "./wire_error";
