/** A card that is held before the camera is seen many times a second and read once. Pure. */
import { heldCard } from "../cards/shapes";

/** It was taken away when it was not seen for so long; the same card is then somebody who shows it again. */
const AWAY_MS = 3_000;

export class Held {
  private card = "";
  private seenAt = -Infinity;

  /** Whether this is a card that was not there a moment ago. now: milliseconds that only rise. */
  isNew(text: string, now: number): boolean {
    const card = heldCard(text);
    const isNew = card !== this.card || now - this.seenAt > AWAY_MS;
    this.card = card;
    this.seenAt = now;
    return isNew;
  }
}
