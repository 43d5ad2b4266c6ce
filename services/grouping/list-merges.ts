import { and, desc, eq, lt, or } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import type { TenantScope } from "../platform.ts";

export interface MergeQuery {
  limit: number;
  cursor?: Cursor | undefined;
  /** Only those that it takes part in. */
  fingerprint?: string | undefined;
}

/** Every merge on record, newest first, those that were taken back among them. */
export async function listMerges(scope: TenantScope, { limit, cursor, fingerprint }: MergeQuery) {
  const { tenantId, createdAt, id, target } = fingerprintAliases;
  const rows = await scope.db
    .select()
    .from(fingerprintAliases)
    .where(
      and(
        eq(tenantId, scope.tenantId),
        fingerprint === undefined
          ? undefined
          : or(eq(fingerprintAliases.fingerprint, fingerprint), eq(target, fingerprint)),
        cursor === undefined
          ? undefined
          : or(lt(createdAt, cursor.at), and(eq(createdAt, cursor.at), lt(id, cursor.id))),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit + 1);
  const shown = rows.map(({ tenantId: _tenant, ...merge }) => merge);
  return pageOf(shown, limit, (merge) => ({ at: merge.createdAt, id: merge.id }));
}
