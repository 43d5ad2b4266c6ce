import { and, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { apiKeys } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { findKey, living } from "./key.ts";

/** Ends a key; it is refused everywhere within 30 s. @throws Log0Error not_found for one that does not work */
export async function revokeKey(scope: TenantScope, id: string, actor: string): Promise<void> {
  const now = scope.now();
  const name = (await findKey(scope, id))?.name ?? "";
  const [revoked] = await scope.db.batch([
    scope.db
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.tenantId, scope.tenantId), eq(apiKeys.id, id), living(now)))
      .returning({ id: apiKeys.id }),
    auditIfChanged(scope, { actor, action: "key.revoked", target: `key:${id}`, detail: { name } }),
  ]);
  if (revoked.length === 0) throw new Log0Error("not_found", "no such key, or it does not work any more");
}
