/** Why an edit is refused on the device, before it enters the queue. */

/** It could never be sent as it is. field: of the values; null when it is about the whole. code, params: as the server's. */
export class NotSendable extends Error {
  readonly collection: string;
  readonly field: string | null;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;

  constructor(collection: string, field: string | null, code: string, params: Readonly<Record<string, unknown>> = {}) {
    super(`${collection}${field === null ? "" : `.${field}`}: ${code}`);
    this.name = "NotSendable";
    this.collection = collection;
    this.field = field;
    this.code = code;
    this.params = params;
  }
}

/** The row is not on this device (any more). */
export class RowGone extends Error {
  readonly collection: string;
  readonly row: string;

  constructor(collection: string, row: string) {
    super(`${collection} ${row} is not on this device`);
    this.name = "RowGone";
    this.collection = collection;
    this.row = row;
  }
}
