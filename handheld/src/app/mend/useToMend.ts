import { useLive } from "../../hooks/live";
import { troubles } from "./items";

/** How many things there are to mend; undefined while it is read. */
export function useToMend(): number | undefined {
  return useLive(async (read) => (await troubles(read)).length, []);
}
