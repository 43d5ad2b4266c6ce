import type { Platform } from "../platform.ts";
import { SPOOL_PREFIX } from "./publish-sections.ts";

/** Queue retention is at most 14 days: after that no message can point at an object any more. */
const SPOOL_DAYS = 15;

/** What R2 lists, and deletes, at a time. Twenty pages an hour are 480,000 objects a day. */
const PAGE_KEYS = 1_000;
const MAX_PAGES = 20;

/** Deletes spool objects that are older than any message. @returns how many */
export async function sweepSpool(platform: Platform): Promise<number> {
  const day = new Date(platform.now() - SPOOL_DAYS * 86_400_000).toISOString().slice(0, 10);
  // Keys begin with the day, so the oldest are listed first.
  let swept = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { objects } = await platform.bucket.list({ prefix: SPOOL_PREFIX, limit: PAGE_KEYS });
    const old = objects.map((object) => object.key).filter((key) => key.slice(SPOOL_PREFIX.length) < day);
    if (old.length > 0) await platform.bucket.delete(old);
    swept += old.length;
    if (old.length < PAGE_KEYS) break;
  }
  return swept;
}
