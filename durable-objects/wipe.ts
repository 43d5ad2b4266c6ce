/** Empties an object's storage for good. An alarm that stood would wake it again. */
export async function wipeStorage(storage: DurableObjectStorage): Promise<void> {
  await storage.deleteAlarm();
  await storage.deleteAll();
}

/** Tables (not the platform's own), keys and alarms that an object holds; 0 when nothing is left. */
export async function heldIn(storage: DurableObjectStorage): Promise<number> {
  const tables = storage.sql
    .exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'")
    .toArray().length;
  const keys = [...storage.kv.list()].length;
  return tables + keys + ((await storage.getAlarm()) === null ? 0 : 1);
}
