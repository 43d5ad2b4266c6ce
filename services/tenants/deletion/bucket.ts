import { prefixesOf } from "./places.ts";
import type { Turn, TurnResult } from "./turn.ts";

/** What R2 lists, and deletes, at a time. */
const PAGE_KEYS = 1_000;
const MAX_PAGES = 20;

/**
 * Deletes a tenant's objects, always the first that are listed. Multipart uploads that were never finished are no
 * objects, and cannot be listed from a Worker: R2 abandons them by itself after 7 days.
 */
export async function emptyBucket({ scope }: Turn): Promise<TurnResult> {
  let keys = 0;
  let pages = 0;
  let cost = 1;
  for (const prefix of await prefixesOf(scope)) {
    for (let more = true; more; ) {
      // Only what was deleted counts: prefixes that are empty by now would else use up every turn, and the last have none.
      if (pages === MAX_PAGES) return { at: prefix, removed: { keys }, cost };
      const { objects, truncated } = await scope.bucket.list({ prefix, limit: PAGE_KEYS });
      cost++;
      more = truncated;
      if (objects.length === 0) continue;
      await scope.bucket.delete(objects.map((object) => object.key));
      keys += objects.length;
      pages++;
      cost++;
    }
  }
  return { at: null, removed: { keys }, cost };
}
