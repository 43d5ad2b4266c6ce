import { and, eq, isNull, lte, or } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { apiKeys } from "../../schema/tables/tenants.ts";
import { type Platform, scopeTo } from "../platform.ts";

/** The last use of a key is known to this. */
const ACCURACY_MS = 5 * 60 * 1000;

/** Keys whose use was noted by this isolate a short while ago. */
const noted = new TtlCache<true>(ACCURACY_MS, 10_000);

/**
 * Notes that a key is in use: at most once in five minutes an isolate, and, by its condition, once in five minutes
 * everywhere. It never fails: that a key was used matters less than what it is used for.
 * @returns the work to keep alive; undefined where there is none
 */
export function noteUse(platform: Platform, tenantId: string, keyId: string): Promise<void> | undefined {
  const now = platform.now();
  if (noted.get(keyId, now) !== undefined) return undefined;
  noted.set(keyId, true, now);
  return write(platform, tenantId, keyId, now);
}

async function write(platform: Platform, tenantId: string, keyId: string, now: number): Promise<void> {
  try {
    const scope = scopeTo(platform, tenantId);
    const { lastUsedAt } = apiKeys;
    await scope.db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(
        and(
          eq(apiKeys.tenantId, scope.tenantId),
          eq(apiKeys.id, keyId),
          or(isNull(lastUsedAt), lte(lastUsedAt, now - ACCURACY_MS)),
        ),
      );
  } catch (error) {
    console.error({ message: "the use of a key was not noted", keyId, error: errorMessage(error) });
  }
}
