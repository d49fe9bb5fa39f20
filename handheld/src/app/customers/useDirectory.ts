import { useMemo } from "react";
import { useLive } from "../../hooks/live";
import { directoryOf, type Entry } from "./directory";

/** All customers on this device, ready to be searched; undefined while they are read, and until they are wanted. */
export function useDirectory(wanted = true): Entry[] | undefined {
  const rows = useLive(
    async (read) =>
      wanted
        ? {
            customers: await read.all("customers"),
            phones: await read.all("customer_phones"),
            contacts: await read.all("customer_contacts"),
          }
        : undefined,
    [wanted],
  );
  return useMemo(() => rows && directoryOf(rows.customers, rows.phones, rows.contacts), [rows]);
}
