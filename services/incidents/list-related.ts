import { and, desc, eq, ne, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { incidentLinks, incidents } from "../../schema/tables/incidents.ts";
import { loadAliases } from "../grouping/load-grouping.ts";
import type { TenantScope } from "../platform.ts";
import { getIncident } from "./get.ts";
import { familyOf } from "./sql.ts";

/** Incidents that are shown of each relation, the newest. */
const MAX_RELATED = 50;

/** What is shown of a related incident. */
const BRIEF = {
  id: incidents.id,
  title: incidents.title,
  status: incidents.status,
  severity: incidents.severity,
  serviceName: incidents.serviceName,
  environment: incidents.environment,
  occurrenceCount: incidents.occurrenceCount,
  createdAt: incidents.createdAt,
  resolvedAt: incidents.resolvedAt,
};

const Evidence = z.record(z.string(), z.unknown());

function briefs(scope: TenantScope, which: SQL | undefined) {
  return (
    scope.db
      .select(BRIEF)
      .from(incidents)
      // The plus keeps SQLite from walking all that the tenant has: they are looked up by id.
      .where(and(sql`+${incidents.tenantId} = ${scope.tenantId}`, which))
      .orderBy(desc(incidents.createdAt), desc(incidents.id))
      .limit(MAX_RELATED)
  );
}

/** The other one of each link of an incident, with what shows that they belong together. */
function linksOf(scope: TenantScope, incidentId: string) {
  const { kind, evidence, originId, actor, createdAt } = incidentLinks;
  const other = sql`CASE WHEN ${incidentLinks.incidentId} = ${incidentId}
    THEN ${incidentLinks.otherId} ELSE ${incidentLinks.incidentId} END`;
  return scope.db
    .select({ incident: BRIEF, kind, evidence, originId, actor, linkedAt: createdAt })
    .from(incidentLinks)
    .innerJoin(incidents, and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, other)))
    .where(
      // The tenant in each arm: each has an index then.
      or(
        and(eq(incidentLinks.tenantId, scope.tenantId), eq(incidentLinks.incidentId, incidentId)),
        and(eq(incidentLinks.tenantId, scope.tenantId), eq(incidentLinks.otherId, incidentId)),
      ),
    )
    .orderBy(desc(createdAt), desc(incidents.id))
    .limit(MAX_RELATED);
}

/** The chain of regressions from an incident, back to the first or on to the last. */
function regressions(scope: TenantScope, incidentId: string, way: "before" | "after"): SQL {
  const step = sql.raw(way === "before" ? "step.id = chain.id" : "step.regression_of = chain.id");
  const next = sql.raw(way === "before" ? "step.regression_of" : "step.id");
  return sql`${incidents.id} IN (WITH RECURSIVE chain(id) AS (SELECT ${incidentId} UNION
      SELECT ${next} FROM chain CROSS JOIN incidents AS step ON ${step}
        WHERE step.tenant_id = ${scope.tenantId} AND step.regression_of IS NOT NULL)
    SELECT id FROM chain)`;
}

/**
 * What belongs with an incident: what it is linked with, what was merged into it, the regressions before and after it,
 * and others of its fingerprints. At most 50 of each, the newest first.
 * @throws Log0Error not_found
 */
export async function listRelated(scope: TenantScope, incidentId: string) {
  const { fingerprint, mergedInto } = await getIncident(scope, incidentId);
  const group = JSON.stringify((await loadAliases(scope)).groupOf(fingerprint));
  const another = ne(incidents.id, incidentId);
  const [links, merged, before, after, sameGroup] = await scope.db.batch([
    linksOf(scope, incidentId),
    briefs(scope, and(another, sql`${incidents.id} IN (${familyOf(scope, sql`${incidentId}`)} SELECT id FROM family)`)),
    briefs(scope, and(another, regressions(scope, incidentId, "before"))),
    briefs(scope, and(another, regressions(scope, incidentId, "after"))),
    briefs(
      scope,
      and(
        another,
        sql`${incidents.id} IN (SELECT same.id FROM json_each(${group}) AS j CROSS JOIN incidents AS same
          ON same.tenant_id = ${scope.tenantId} AND same.fingerprint = j.value)`,
      ),
    ),
  ]);
  return {
    links: links.map((link) => ({ ...link, evidence: Evidence.parse(JSON.parse(link.evidence)) })),
    mergedInto,
    merged,
    regressions: { before, after },
    sameGroup,
  };
}
