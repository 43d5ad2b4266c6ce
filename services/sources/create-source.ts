import { type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { sourceLimitReached } from "../../core/limits/sources.ts";
import { PLAN_LIMITS, PLANS } from "../../schema/contracts/plans.ts";
import type { NewSource } from "../../schema/contracts/sources.ts";
import { sources } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { listSources, type Source } from "./source.ts";

/** Sources of the tenant's plan, as it is at the moment of writing. */
function limitOf(scope: TenantScope): SQL {
  const cases = PLANS.map((plan) => sql`WHEN ${plan} THEN ${PLAN_LIMITS[plan].sources}`);
  return sql`(SELECT CASE plan ${sql.join(cases, sql` `)} ELSE 0 END FROM tenants WHERE id = ${scope.tenantId})`;
}

/**
 * Makes a source. Of several who make one at once, no more succeed than the plan has room for.
 * @throws Log0Error plan_limit; conflict when the name is taken
 */
export async function createSource(scope: TenantScope, source: NewSource, actor: string): Promise<Source> {
  const { tenantId } = scope;
  const now = scope.now();
  const id = uuidV7(now, scope.random(10));
  const { name, environment, parserHint, dedup } = source;
  const [made] = await scope.db.batch([
    scope.db
      .insert(sources)
      .select(
        sql`SELECT ${id}, ${tenantId}, ${name}, ${environment}, ${parserHint}, ${dedup}, ${now}, NULL
        WHERE (SELECT count(*) FROM sources AS other WHERE other.tenant_id = ${tenantId} AND other.deleted_at IS NULL)
          < ${limitOf(scope)}
          AND NOT EXISTS (SELECT 1 FROM sources AS same WHERE same.tenant_id = ${tenantId} AND same.name = ${name}
            AND same.deleted_at IS NULL)`,
      )
      .returning({ id: sources.id }),
    auditIfChanged(scope, {
      actor,
      action: "source.created",
      target: `source:${id}`,
      detail: { name, environment, parserHint, dedup },
    }),
  ]);
  if (made.length > 0) return { id, ...source, createdAt: now };
  const present = await listSources(scope);
  if (present.sources.some((other) => other.name === name)) {
    throw new Log0Error("conflict", `there is a source ${name} already`);
  }
  throw sourceLimitReached(present.plan);
}
