import { and, desc, eq, isNotNull, lt, or } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { patterns } from "../../schema/tables/logs.ts";
import type { TenantScope } from "../platform.ts";

/** Patterns of WARN and worse by their first sight, newest first. */
export async function listNewPatterns(scope: TenantScope, limit: number, cursor: Cursor | undefined) {
  const { tenantId, newAt, fingerprint } = patterns;
  const rows = await scope.db
    .select()
    .from(patterns)
    .where(
      and(
        eq(tenantId, scope.tenantId),
        isNotNull(newAt),
        cursor === undefined
          ? undefined
          : or(lt(newAt, cursor.at), and(eq(newAt, cursor.at), lt(fingerprint, cursor.id))),
      ),
    )
    .orderBy(desc(newAt), desc(fingerprint))
    .limit(limit + 1);
  const shown = rows.map(({ tenantId: _tenant, createdAt: _created, ...pattern }) => ({
    ...pattern,
    newAt: pattern.newAt ?? 0,
  }));
  return pageOf(shown, limit, (pattern) => ({ at: pattern.newAt, id: pattern.fingerprint }));
}
