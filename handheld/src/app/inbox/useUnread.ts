import { useLive } from "../../hooks/live";
import { useNow } from "../words/now";
import { sorted } from "./order";

/** How many notices are unread. */
export function useUnread(): number {
  const now = useNow();
  const notices = useLive((read) => read.all("notices"), []);
  return notices ? sorted(notices, now).unread.length : 0;
}
