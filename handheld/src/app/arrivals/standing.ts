/**
 * How an arrival stands for whoever looks at the list. What is tapped here is a wish until the server has confirmed it: a
 * colleague may have been first. Pure but for reading.
 */
import type { OwnOperation, Reader, Shown } from "../../device/api";
import { troubles, type Trouble } from "../mend/items";

export type Arrival = Shown<"arrivals">;
export type Handling = "serve" | "leave";

export interface Come {
  readonly arrival: Arrival;
  /** What was tapped on this device and is not confirmed yet. */
  readonly wish: Handling | null;
  /** What was tapped and came too late. */
  readonly refused: { readonly handling: Handling; readonly trouble: Trouble } | null;
}

const isHandling = (action: string): action is Handling => action === "serve" || action === "leave";

/** own: the person's operations on the row. refusals: all that was refused of his. */
export function standingOf(arrival: Arrival, own: readonly Pick<OwnOperation, "action">[], refusals: readonly Trouble[]): Come {
  const made = own.findLast((each) => isHandling(each.action));
  const wish = made && isHandling(made.action) && arrival.state === "waiting" ? made.action : null;
  const trouble = refusals.findLast((each) => each.collection === "arrivals" && each.row === arrival.id);
  const refused = wish === null && trouble && isHandling(trouble.action) ? { handling: trouble.action, trouble } : null;
  return { arrival, wish, refused };
}

export async function readArrivals(read: Reader): Promise<Come[]> {
  const [arrivals, refusals] = await Promise.all([read.all("arrivals"), troubles(read)]);
  const own = await Promise.all(arrivals.map((each) => (each.state === "waiting" ? read.own("arrivals", each.id) : Promise.resolve([]))));
  return arrivals.map((each, place) => standingOf(each, own[place] ?? [], refusals));
}
