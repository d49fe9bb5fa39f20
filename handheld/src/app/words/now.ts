import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { dayOf } from "./times";

const MINUTE_MS = 60_000;

/** The time, told again each minute and when the app is looked at again. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tell = () => {
      setNow(Date.now());
    };
    const timer = setInterval(tell, MINUTE_MS);
    document.addEventListener("visibilitychange", tell);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tell);
    };
  }, []);
  return now;
}

/** Today in the organisation's zone. */
export function useToday(): string {
  const { person } = useWorkspace();
  return dayOf(useNow(), person.organisation.timezone);
}
