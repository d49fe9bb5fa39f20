// What a phone keeps, read from its IndexedDB as it stands on disk.

/** { table: { key: value } } of the person's own database. */
export function keptOn(page) {
  return page.evaluate(async () => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await wait(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const rows = await wait(database.transaction(table).objectStore(table).getAll());
        all[table] = { ...all[table], ...Object.fromEntries(rows.map((row) => [row.key, row.value])) };
      }
      database.close();
    }
    return JSON.parse(JSON.stringify(all));
  });
}

/** Rows of a collection as adopted from the server, by id: { version, values }. */
export function adoptedOf(kept, collection) {
  const found = Object.entries(kept.rows).filter(([key, row]) => key.startsWith(`${collection}/`) && row.adopted);
  return new Map(found.map(([key, row]) => [key.slice(collection.length + 1), row.adopted]));
}

/** Operations that wait for a verdict. */
export const unsentIn = (kept) => Object.values(kept.queue).filter((entry) => entry.verdict === null);
