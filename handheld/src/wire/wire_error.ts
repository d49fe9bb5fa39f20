/** A value that is not of its wire type. field: JSON pointer into the operation, added by who knows it. */
export class WireError extends Error {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;

  constructor(code: string, params: Readonly<Record<string, unknown>> = {}) {
    super(`${code} ${JSON.stringify(params)}`);
    this.name = "WireError";
    this.code = code;
    this.params = params;
  }

  /** The same, naming the field. */
  at(field: string): WireError {
    return new WireError(this.code, { field, ...this.params });
  }
}
