/** Rows of the buffer hold at most this much, below the platform's 2 MB a row. */
export const MAX_ROW_BYTES = 1_500_000;

/**
 * Chunk ids are remembered in two generations. After this time the older one is dropped as a table, which costs
 * nothing, where deleting rows costs as much as writing them. A chunk is so remembered for 16 to 32 days: longer than
 * queue retention (14 days at most) and the replay of a dead letter (kept 14 days).
 */
export const GENERATION_MS = 16 * 24 * 60 * 60 * 1000;

/** WITHOUT ROWID, keyed by the id's 16 bytes: one row written an insert, where a unique index would make it two. */
function seenTable(generation: number): string {
  return `CREATE TABLE IF NOT EXISTS seen_${generation} (chunk BLOB PRIMARY KEY) WITHOUT ROWID`;
}

/** Whether an object has ever stored anything. One that is only asked (whether it is empty, say) makes no tables. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'batches'").toArray().length > 0;
}

export function createTables(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY,
    raw_bytes INTEGER NOT NULL,
    min_timestamp INTEGER NOT NULL,
    max_timestamp INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    envelope BLOB NOT NULL
  )`);
  sql.exec(
    "CREATE TABLE IF NOT EXISTS hashes (id INTEGER PRIMARY KEY, seen_at INTEGER NOT NULL, hashes TEXT NOT NULL)",
  );
  sql.exec(seenTable(0));
  sql.exec(seenTable(1));
}

/** Empties a generation. */
export function dropGeneration(sql: SqlStorage, generation: 0 | 1): void {
  sql.exec(`DROP TABLE IF EXISTS seen_${generation}`);
  sql.exec(seenTable(generation));
}
