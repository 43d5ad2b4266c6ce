import { sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { RuleSet } from "../../core/grouping/rules.ts";
import type { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import { groupingRuleSets } from "../../schema/tables/grouping.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Saves the tenant's rules as a new version.
 * @param basedOn the version that they were made from
 * @throws Log0Error invalid_rule; conflict when somebody saved another version meanwhile
 */
export async function saveRules(
  scope: TenantScope,
  rules: GroupingRules,
  basedOn: number,
  actor: string,
): Promise<{ version: number }> {
  new RuleSet(rules);
  const version = basedOn + 1;
  const { tenantId } = scope;
  const insert = scope.db
    .insert(groupingRuleSets)
    .select(
      sql`SELECT ${tenantId}, ${version}, ${JSON.stringify(rules)}, ${actor}, ${scope.now()}
      WHERE (SELECT coalesce(max(version), 0) FROM grouping_rule_sets WHERE tenant_id = ${tenantId}) = ${basedOn}`,
    )
    .returning();
  const [saved] = await scope.db.batch([
    insert,
    auditIfChanged(scope, { actor, action: "grouping-rules.saved", target: "grouping-rules", detail: { version } }),
  ]);
  if (saved.length === 0) throw new Log0Error("conflict", `the rules have changed since version ${basedOn}`);
  return { version };
}
