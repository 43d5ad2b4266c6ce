import { eq, sql } from "drizzle-orm";
import { bucketSweeps, segmentGarbage } from "../../schema/tables/logs.ts";
import type { Platform } from "../platform.ts";
import { GARBAGE_DELAY_MS } from "./collect-garbage.ts";
import { segmentIdOf } from "./segments.ts";

const PREFIX = "logs/";

/**
 * A flush or a merge that writes an object names it in the index within minutes; a flush that cannot writes it again,
 * once a minute, and so keeps it young.
 */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;

/** Ten pages of 1,000 an hour: listing is a class A operation ($4.50/M), and a million objects have their turn in 4 days. */
const MAX_PAGES = 10;

/**
 * Goes on through the objects of all segments, and puts those into the garbage that nothing names: neither the index,
 * nor the garbage, nor a merge under way. Aborted multipart uploads are no objects: R2 abandons them by itself after
 * 7 days (r2/objects/multipart-objects).
 * @returns how many orphans were found
 */
export async function sweepOrphans(platform: Platform): Promise<number> {
  const { everyTenant: db, bucket } = platform;
  const known = await db.select().from(bucketSweeps).where(eq(bucketSweeps.prefix, PREFIX)).get();
  let cursor = known?.cursor ?? null;
  let found = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { objects, truncated } = await bucket.list({
      prefix: PREFIX,
      ...(cursor !== null && { startAfter: cursor }),
    });
    const old = objects.filter((object) => object.uploaded.getTime() < platform.now() - ORPHAN_AGE_MS);
    if (old.length > 0) {
      found += await discardOrphans(
        platform,
        old.map((object) => object.key),
      );
    }
    cursor = truncated ? (objects.at(-1)?.key ?? null) : null;
    const sweptAt = platform.now();
    await db
      .insert(bucketSweeps)
      .values({ prefix: PREFIX, cursor, sweptAt })
      .onConflictDoUpdate({ target: bucketSweeps.prefix, set: { cursor, sweptAt } });
    if (cursor === null) break;
  }
  return found;
}

/** One statement looks and discards: nothing can be named in between. */
async function discardOrphans(platform: Platform, keys: readonly string[]): Promise<number> {
  // `logs/<tenant>/…`
  const list = JSON.stringify(keys.map((key) => ({ key, id: segmentIdOf(key), tenant: key.split("/")[1] ?? "" })));
  const rows = await platform.everyTenant
    .insert(segmentGarbage)
    .select(
      sql`SELECT value ->> 'key', value ->> 'tenant', ${platform.now() + GARBAGE_DELAY_MS} FROM json_each(${list})
        WHERE NOT EXISTS (SELECT 1 FROM segments WHERE id = value ->> 'id' AND object_key = value ->> 'key')
        AND NOT EXISTS (SELECT 1 FROM segment_merges WHERE id = value ->> 'id' AND finished_at IS NULL)`,
    )
    .onConflictDoNothing()
    .returning({ objectKey: segmentGarbage.objectKey });
  return rows.length;
}
