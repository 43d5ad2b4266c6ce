import { and, asc, lte, type SQL, sql } from "drizzle-orm";
import { segmentGarbage, segments } from "../../schema/tables/logs.ts";
import type { Platform, TenantScope } from "../platform.ts";
import { segmentIdOf } from "./segments.ts";

/** No request lives this long: whoever has listed an object in the index has read it by then. */
export const GARBAGE_DELAY_MS = 60 * 60 * 1000;

/** Keys that one call of R2 deletes at most. */
const PAGE_KEYS = 1_000;
const MAX_PAGES = 20;

/**
 * A statement that puts objects into the garbage, for the batch that takes them out of the index.
 * @param rows a SELECT's columns and rows, from FROM on: `object_key` and `tenant_id` of what goes
 */
export function discard(scope: TenantScope, rows: SQL) {
  return scope.db
    .insert(segmentGarbage)
    .select(sql`SELECT object_key, tenant_id, ${scope.now() + GARBAGE_DELAY_MS} ${rows}`)
    .onConflictDoNothing();
}

/** `value IN (…)` of any number of texts, in one of D1's 100 parameters. */
export function isOneOf(texts: readonly string[]): SQL {
  return sql`IN (SELECT value FROM json_each(${JSON.stringify(texts)}))`;
}

/**
 * Deletes objects whose hour is over: the object first, then the row, so that a crash between leaves a row that is
 * tried again. R2 deletes what is not there without complaint.
 * @returns how many
 */
export async function collectGarbage(platform: Platform): Promise<number> {
  const due = lte(segmentGarbage.deleteAfter, platform.now());
  let collected = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const rows = await platform.everyTenant
      .select({ objectKey: segmentGarbage.objectKey })
      .from(segmentGarbage)
      .where(due)
      .orderBy(asc(segmentGarbage.deleteAfter))
      .limit(PAGE_KEYS);
    if (rows.length === 0) break;
    const keys = rows.map((row) => row.objectKey);
    const named = await namedByIndex(platform, keys);
    await platform.bucket.delete(keys.filter((key) => !named.has(key)));
    await platform.everyTenant
      .delete(segmentGarbage)
      .where(and(sql`${segmentGarbage.objectKey} ${isOneOf(keys)}`, due));
    collected += keys.length - named.size;
    if (rows.length < PAGE_KEYS) break;
  }
  return collected;
}

/**
 * Objects that have come back: a store that slept for a day over a flush finds its object among the orphans, and then
 * writes and names it all the same.
 */
async function namedByIndex(platform: Platform, keys: readonly string[]): Promise<Set<string>> {
  const rows = await platform.everyTenant
    .select({ objectKey: segments.objectKey })
    .from(segments)
    .where(and(sql`${segments.id} ${isOneOf(keys.map(segmentIdOf))}`, sql`${segments.objectKey} ${isOneOf(keys)}`));
  return new Set(rows.map((row) => row.objectKey));
}
