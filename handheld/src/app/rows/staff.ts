import { useCallback } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";

/** Who is behind an id. Colleagues that this device does not know are called that. */
export function useNames(): (id: string) => string {
  const { person } = useWorkspace();
  const staff = useLive(async (read) => new Map((await read.all("staff")).map((each) => [each.id, each.name])), []);
  return useCallback(
    (id: string) => (id === person.user.id ? i18n._("You") : (staff?.get(id) ?? i18n._("A colleague"))),
    [person, staff],
  );
}
