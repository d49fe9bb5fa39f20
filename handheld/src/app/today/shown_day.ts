import { useRemembered } from "../shell/remembered";

/** Which day is looked at. An app that is left open over midnight goes on to the new day unless another one was chosen. */
export function useOwnDay(today: string): [string, (day: string) => void] {
  const [chosen, choose] = useRemembered<string | null>("today.day", null);
  return [
    chosen ?? today,
    (day) => {
      choose(day === today ? null : day);
    },
  ];
}
