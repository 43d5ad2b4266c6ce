import { and, eq, isNull, sql } from "drizzle-orm";
import { createApiKey } from "../../core/auth/api-key.ts";
import { checkGrant, keyExpiry, MAX_LIVING_KEYS } from "../../core/auth/key-rules.ts";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { NewKey } from "../../schema/contracts/api-keys.ts";
import { apiKeys, sources } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { findKey, livesAs, living, type MadeKey, scopesText } from "./key.ts";
import { type KeyMaker, mustStillManage, stillManages } from "./still-manages.ts";

export const KEY_BYTES = 32;

/** How many keys of the tenant work, as a piece of SQL. */
export function livingKeys(scope: TenantScope, now: number) {
  return sql`(SELECT count(*) FROM api_keys AS counted WHERE counted.tenant_id = ${scope.tenantId}
    AND ${livesAs("counted", now)})`;
}

/** @throws Log0Error always: there is no reason that it could be made now */
async function refuse(scope: TenantScope, { name, sourceId }: NewKey, now: number): Promise<never> {
  const { tenantId } = scope;
  const [source, taken] = await scope.db.batch([
    scope.db
      .select({ id: sources.id })
      .from(sources)
      .where(and(eq(sources.tenantId, tenantId), eq(sources.id, sourceId ?? ""), isNull(sources.deletedAt))),
    scope.db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.name, name), living(now))),
  ]);
  if (sourceId !== undefined && source.length === 0) throw new Log0Error("invalid_query", "sourceId: no such source");
  throw new Log0Error(
    "conflict",
    taken.length > 0 ? `there is a key ${name} already` : `there are ${MAX_LIVING_KEYS} keys that work already`,
  );
}

/**
 * Makes an API key, which is in the answer this once.
 * @throws Log0Error forbidden when it might do what the caller may not, or they may no more; invalid_query for a source that
 * is not there; conflict when a key of the name works, or a hundred keys do
 */
export async function createKey(scope: TenantScope, input: NewKey, by: KeyMaker): Promise<MadeKey> {
  const { name, sourceId = null } = input;
  checkGrant(by.permissions, input.scopes);
  const { tenantId } = scope;
  const now = scope.now();
  const id = uuidV7(now, scope.random(10));
  const { key, prefix, hash } = createApiKey(scope.random(KEY_BYTES));
  const scopes = scopesText(input.scopes);
  const expiresAt = keyExpiry(now, input.expiresInDays ?? null);
  const [made] = await scope.db.batch([
    scope.db
      .insert(apiKeys)
      .select(
        sql`SELECT ${id}, ${tenantId}, ${name}, ${prefix}, ${hash}, ${scopes}, ${sourceId}, ${by.actor}, ${now}, NULL,
          ${expiresAt}, NULL
        WHERE ${livingKeys(scope, now)} < ${MAX_LIVING_KEYS}
          AND NOT EXISTS (SELECT 1 FROM api_keys AS same WHERE same.tenant_id = ${tenantId} AND same.name = ${name}
            AND ${livesAs("same", now)})
          AND ${stillManages(scope, by, now)}
          AND (${sourceId} IS NULL OR EXISTS (SELECT 1 FROM sources WHERE tenant_id = ${tenantId} AND id = ${sourceId}
            AND deleted_at IS NULL))`,
      )
      .returning({ id: apiKeys.id }),
    auditIfChanged(scope, {
      actor: by.actor,
      action: "key.created",
      target: `key:${id}`,
      detail: { name, prefix, scopes, sourceId, expiresAt },
    }),
  ]);
  if (made.length === 0) {
    await mustStillManage(scope, by, now);
    await refuse(scope, input, now);
  }
  const shown = await findKey(scope, id);
  if (shown === undefined) throw new Log0Error("internal", "the key is gone");
  return { ...shown, key };
}
