import { and, eq, ne, sql } from "drizzle-orm";
import { createApiKey } from "../../core/auth/api-key.ts";
import { checkGrant, MAX_LIVING_KEYS } from "../../core/auth/key-rules.ts";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { apiKeys } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { KEY_BYTES, livingKeys } from "./create-key.ts";
import { findKey, livesAs, living, type MadeKey } from "./key.ts";
import { type KeyMaker, mustStillManage, stillManages } from "./still-manages.ts";

const HOUR_MS = 3600_000;

/**
 * Replaces a key by a new one of the same name, scopes, source and lifetime, which is in the answer this once. The old one
 * (and any of the name that is older still) ends with the overlap. Of two who rotate a key at once, one is refused.
 * @param overlapHours 0 to 720
 * @throws Log0Error forbidden when it might do what the caller may not, or they may no more; not_found for a key that does
 * not work; conflict when a newer one of the name works, or with an overlap one key too many would
 */
export async function rotateKey(
  scope: TenantScope,
  oldId: string,
  overlapHours: number,
  by: KeyMaker,
): Promise<MadeKey> {
  const old = await findKey(scope, oldId);
  if (old === undefined) throw new Log0Error("not_found", "no such key");
  checkGrant(by.permissions, old.scopes);
  const { tenantId } = scope;
  const now = scope.now();
  const until = now + overlapHours * HOUR_MS;
  // Without an overlap the old one makes room.
  const most = overlapHours === 0 ? MAX_LIVING_KEYS + 1 : MAX_LIVING_KEYS;
  const id = uuidV7(now, scope.random(10));
  const { key, prefix, hash } = createApiKey(scope.random(KEY_BYTES));
  const mine = and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.id, id));
  const [made] = await scope.db.batch([
    // Born revoked: two keys of one name that never expire would break the unique index.
    scope.db
      .insert(apiKeys)
      .select(
        sql`SELECT ${id}, old.tenant_id, old.name, ${prefix}, ${hash}, old.scopes, old.source_id, ${by.actor}, ${now}, NULL,
          CASE WHEN old.expires_at IS NULL THEN NULL ELSE ${now} + old.expires_at - old.created_at END, ${now}
        FROM api_keys AS old WHERE old.tenant_id = ${tenantId} AND old.id = ${oldId} AND ${livesAs("old", now)}
          AND ${livingKeys(scope, now)} < ${most} AND ${stillManages(scope, by, now)}
          AND NOT EXISTS (SELECT 1 FROM api_keys AS newer WHERE newer.tenant_id = ${tenantId} AND newer.name = old.name
            AND (newer.created_at, newer.rowid) > (old.created_at, old.rowid) AND ${livesAs("newer", now)})`,
      )
      .returning({ id: apiKeys.id }),
    auditIfChanged(scope, {
      actor: by.actor,
      action: "key.rotated",
      target: `key:${oldId}`,
      detail: { name: old.name, newKey: `key:${id}`, prefix, overlapHours },
    }),
    scope.db
      .update(apiKeys)
      .set({ expiresAt: sql`min(coalesce(expires_at, ${until}), ${until})` })
      .where(
        and(
          eq(apiKeys.tenantId, tenantId),
          ne(apiKeys.id, id),
          living(now),
          sql`name = (SELECT made.name FROM api_keys AS made WHERE made.tenant_id = ${tenantId} AND made.id = ${id})`,
        ),
      ),
    scope.db.update(apiKeys).set({ revokedAt: null }).where(mine),
  ]);
  if (made.length === 0) {
    await mustStillManage(scope, by, now);
    await refuse(scope, oldId, now);
  }
  const shown = await findKey(scope, id);
  if (shown === undefined) throw new Log0Error("internal", "the key is gone");
  return { ...shown, key };
}

/** @throws Log0Error always: not_found or conflict */
async function refuse(scope: TenantScope, oldId: string, now: number): Promise<never> {
  const { tenantId, id, name } = apiKeys;
  const old = await scope.db
    .select({ name })
    .from(apiKeys)
    .where(and(eq(tenantId, scope.tenantId), eq(id, oldId), living(now)))
    .get();
  if (old === undefined) throw new Log0Error("not_found", "the key does not work any more");
  const others = await scope.db
    .select({ id })
    .from(apiKeys)
    .where(and(eq(tenantId, scope.tenantId), eq(name, old.name), ne(id, oldId), living(now)))
    .get();
  throw new Log0Error(
    "conflict",
    others === undefined
      ? `there are ${MAX_LIVING_KEYS} keys that work already: rotate it without an overlap, or revoke another one`
      : `the key ${old.name} was rotated already: rotate the new one`,
  );
}
