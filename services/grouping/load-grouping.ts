import { and, desc, eq, isNull, ne } from "drizzle-orm";
import { Aliases } from "../../core/grouping/aliases.ts";
import { PREVIOUS_ENGINE } from "../../core/grouping/engine.ts";
import { Grouping } from "../../core/grouping/group-event.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import { fingerprintAliases, groupingRuleSets } from "../../schema/tables/grouping.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

/** A changed rule or a merge takes effect within this time everywhere. */
const CACHE_MS = 15_000;
const cache = new TtlCache<Grouping>(CACHE_MS, 5_000);

/** A tenant's newest rules; none, as version 0, where none were ever saved. */
export async function loadRules(scope: TenantScope) {
  const row = await scope.db
    .select()
    .from(groupingRuleSets)
    .where(eq(groupingRuleSets.tenantId, scope.tenantId))
    .orderBy(desc(groupingRuleSets.version))
    .limit(1)
    .get();
  if (row === undefined) return { version: 0, rules: [], actor: null, savedAt: null };
  const { version, actor, createdAt: savedAt } = row;
  return { version, rules: GroupingRules.parse(JSON.parse(row.rules)), actor, savedAt };
}

/** Which fingerprints of the tenant count together now. */
export async function loadAliases(scope: TenantScope): Promise<Aliases> {
  const { fingerprint, target, tenantId, endedAt } = fingerprintAliases;
  const live = and(eq(tenantId, scope.tenantId), isNull(endedAt));
  return new Aliases(await scope.db.select({ fingerprint, target }).from(fingerprintAliases).where(live));
}

/** Fingerprints that have an incident open. Asked only while two versions run side by side. */
async function openFingerprints(scope: TenantScope): Promise<ReadonlySet<string>> {
  const rows = await scope.db
    .selectDistinct({ fingerprint: incidents.fingerprint })
    .from(incidents)
    .where(and(eq(incidents.tenantId, scope.tenantId), ne(incidents.status, "RESOLVED")));
  return new Set(rows.map((row) => row.fingerprint));
}

/** How the tenant's logs are grouped. @param previous the engine that runs beside; a test may give one */
export async function loadGrouping(scope: TenantScope, previous = PREVIOUS_ENGINE): Promise<Grouping> {
  const now = scope.now();
  const key = `${scope.tenantId}:${previous?.version ?? ""}`;
  const cached = cache.get(key, now);
  if (cached !== undefined) return cached;
  const [{ rules }, aliases, open] = await Promise.all([
    loadRules(scope),
    loadAliases(scope),
    previous === undefined ? undefined : openFingerprints(scope),
  ]);
  const grouping = new Grouping({ rules, aliases, ...(open === undefined ? {} : { open }), previous });
  cache.set(key, grouping, now);
  return grouping;
}
