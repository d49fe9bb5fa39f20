/** The types a field can have on the wire (docs/protocol.md §4), as collections.ts declares them. */

export type Kind = (
  | { readonly type: "id" | "boolean" | "instant" | "day" | "json" }
  | { readonly type: "text"; readonly max: number; readonly multiline: boolean }
  | { readonly type: "code"; readonly choices: readonly string[] }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
) & { readonly null?: true };

export interface ActionShape {
  readonly values: Readonly<Record<string, Kind>>;
  readonly required: readonly string[];
}

export interface Shape {
  /** What happens when two hands change a row: docs/protocol.md §4. */
  readonly policy: "append" | "merge" | "machine" | "server";
  /** Of a row, beside id and version. */
  readonly fields: Readonly<Record<string, Kind>>;
  readonly actions: Readonly<Record<string, ActionShape>>;
  /** Field → collection of the row it names. */
  readonly parents: Readonly<Record<string, string>>;
}

export type Shapes = Readonly<Record<string, Shape>>;

export const id: Kind = { type: "id" };
export const boolean: Kind = { type: "boolean" };
export const instant: Kind = { type: "instant" };
export const day: Kind = { type: "day" };
export const json: Kind = { type: "json" };
export const text = (max: number, multiline = false): Kind => ({ type: "text", max, multiline });
export const code = (...choices: string[]): Kind => ({ type: "code", choices });
export const integer = (min: number, max: number): Kind => ({ type: "integer", min, max });
export const orNull = (kind: Kind): Kind => ({ ...kind, null: true });
