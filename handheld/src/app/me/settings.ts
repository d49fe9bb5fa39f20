/** Lines of the Me screen that lead to a screen of their own. */

export interface Setting {
  readonly path: string;
  readonly name: () => string;
  readonly sub: () => string;
}

export const SETTINGS: readonly Setting[] = [];
