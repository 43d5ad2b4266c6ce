import { and, eq, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { uuidOfText } from "../../core/ids.ts";
import {
  type Correlatable,
  type IncidentLink,
  linkOf,
  MAX_LINKS,
  MAX_SOUGHT_LINKS,
} from "../../core/incidents/correlate.ts";
import { incidentHistory, incidentLinks, incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { RESOLVED } from "./sql.ts";

/** A resolved incident is related to others until this long after it was opened. */
const RECENT_MS = 60 * 60 * 1000;

/** Incidents nearest in time that are looked at for one that names the other's service. */
const MAX_NEAR = 100;

/** Of a select's own row: drizzle leaves the table's name away there, and an inner table has a column of that name. */
const own = (column: "id" | "service_name"): SQL => sql.raw(`incidents.${column}`);

const lower = (text: SQL | string): SQL => sql`lower(${text})`;

/** Whatever may name a service, as one text. */
const texts = sql`(${incidents.messageTemplate} || ' ' || coalesce(${incidents.exceptionType}, '') || ' ' || ${incidents.topMessages})`;

function columns(scope: TenantScope) {
  return {
    id: incidents.id,
    environment: incidents.environment,
    fingerprint: incidents.fingerprint,
    serviceName: incidents.serviceName,
    title: incidents.title,
    firstSeenAt: incidents.firstSeenAt,
    messageTemplate: incidents.messageTemplate,
    exceptionType: incidents.exceptionType,
    topMessages: incidents.topMessages,
    traceIds: incidents.traceIds,
    createdAt: incidents.createdAt,
    windowStart: sql<number | null>`(SELECT min(window_start) FROM incident_windows AS w
      WHERE w.tenant_id = ${scope.tenantId} AND w.incident_id = ${own("id")})`,
  };
}

function selectOne(scope: TenantScope, which: SQL | undefined) {
  return scope.db
    .select(columns(scope))
    .from(incidents)
    .where(and(eq(incidents.tenantId, scope.tenantId), which))
    .limit(1);
}

type Row = Awaited<ReturnType<typeof selectOne>>[number];

const Texts = z.array(z.string());

function correlatable(row: Row): Correlatable {
  return { ...row, texts: [row.messageTemplate, row.exceptionType ?? "", ...Texts.parse(JSON.parse(row.topMessages))] };
}

/** How many links an incident has. */
function countOfLinks(scope: TenantScope, id: SQL): SQL {
  const mine = sql`l.tenant_id = ${scope.tenantId}`;
  return sql`((SELECT count(*) FROM incident_links AS l WHERE ${mine} AND l.incident_id = ${id})
    + (SELECT count(*) FROM incident_links AS l WHERE ${mine} AND l.other_id = ${id}))`;
}

/** What is known of a pair already. */
const Known = z.object({ kind: z.string(), originId: z.string().nullable(), shared: z.number().nullable() });

/**
 * Candidates: incidents of the same environment that are open or were opened lately, with what they share. Where there are
 * too many, those that began first: the origin is among them.
 */
function candidates(scope: TenantScope, row: Row, now: number, which: SQL, order: SQL) {
  const shared = sql<string>`(SELECT json_group_array(trace_id) FROM incident_traces AS t
    WHERE t.tenant_id = ${scope.tenantId} AND t.incident_id = ${own("id")}
      AND t.trace_id IN (SELECT value FROM json_each(${row.traceIds})))`;
  const known = sql<string | null>`(SELECT json_object('kind', kind, 'originId', origin_id,
      'shared', json_extract(evidence, '$.sharedTraces')) FROM incident_links AS l
    WHERE l.tenant_id = ${scope.tenantId} AND l.incident_id = min(${own("id")}, ${row.id})
      AND l.other_id = max(${own("id")}, ${row.id}))`;
  return scope.db
    .select({ ...columns(scope), shared: shared.as("shared"), known })
    .from(incidents)
    .where(
      and(
        // The plus keeps SQLite from walking an index of the tenant: it is to look the few ids up.
        sql`+${incidents.tenantId} = ${scope.tenantId}`,
        which,
        eq(incidents.environment, row.environment),
        // One of its own fingerprint is what it is a regression of.
        ne(incidents.fingerprint, row.fingerprint),
        isNull(incidents.mergedInto),
        or(ne(incidents.status, RESOLVED), sql`${incidents.createdAt} >= ${now - RECENT_MS}`),
        or(sql`${known} IS NOT NULL`, sql`${countOfLinks(scope, own("id"))} < ${MAX_LINKS}`),
      ),
    )
    .orderBy(order)
    .limit(MAX_LINKS);
}

function sharing(scope: TenantScope, row: Row, now: number) {
  const ids = sql`${incidents.id} IN (SELECT t.incident_id FROM json_each(${row.traceIds}) AS j
    CROSS JOIN incident_traces AS t ON t.tenant_id = ${scope.tenantId} AND t.trace_id = j.value)`;
  return candidates(scope, row, now, ids, sql`json_array_length(shared) DESC, first_seen_at, id`);
}

/** Only a coarse look: whether a name is meant is for `linkOf` to say. */
function near(scope: TenantScope, row: Row, now: number, windowMs: number) {
  const reach = 2 * windowMs;
  const ids = sql`${incidents.id} IN (SELECT id FROM incidents WHERE tenant_id = ${scope.tenantId}
    AND created_at BETWEEN ${row.createdAt - reach} AND ${row.createdAt + reach} ORDER BY created_at DESC LIMIT ${MAX_NEAR})`;
  const names = sql`(instr(${lower(texts)}, ${lower(row.serviceName)}) > 0
    OR instr(${lower(`${row.messageTemplate} ${row.exceptionType ?? ""} ${row.topMessages}`)}, ${lower(sql`${incidents.serviceName}`)}) > 0)`;
  return candidates(
    scope,
    row,
    now,
    sql`${ids} AND ${ne(incidents.serviceName, row.serviceName)} AND ${names}`,
    sql`first_seen_at, id`,
  );
}

type Candidate = Awaited<ReturnType<typeof sharing>>[number];

/** The links of an incident that are new, or say more than what is known. */
function linksOf(row: Row, found: readonly Candidate[], windowMs: number): IncidentLink[] {
  const self = correlatable(row);
  const links: IncidentLink[] = [];
  for (const other of new Map(found.map((candidate) => [candidate.id, candidate])).values()) {
    const link = linkOf(self, correlatable(other), Texts.parse(JSON.parse(other.shared)), windowMs);
    const known = other.known === null ? undefined : Known.parse(JSON.parse(other.known));
    const says = known?.kind === link?.kind && known?.originId === link?.originId;
    if (link === undefined || known?.kind === "hand") continue;
    if (!says || (known?.shared ?? 0) < link.evidence.sharedTraces) links.push(link);
  }
  return links;
}

function historyId(link: IncidentLink, incidentId: string): string {
  return uuidOfText(`linked:${link.kind}:${link.incidentId}:${link.otherId}:${incidentId}`);
}

/**
 * Writes links, as far as there is room for them on both sides; a stronger kind takes the place of a weaker one. A pair that log0
 * has linked once and that has no link any more was taken apart by somebody: that stands.
 */
function writeLinks(scope: TenantScope, self: string, links: readonly IncidentLink[], now: number) {
  const rows = links.map((link) => ({
    ...link,
    evidence: JSON.stringify(link.evidence),
    other: link.incidentId === self ? link.otherId : link.incidentId,
    history: historyId(link, self),
  }));
  return scope.db
    .insert(incidentLinks)
    .select(
      sql`SELECT ${scope.tenantId}, j.value ->> 'incidentId', j.value ->> 'otherId', j.value ->> 'kind',
        j.value ->> 'evidence', j.value ->> 'originId', 'system', ${now}
      FROM json_each(${JSON.stringify(rows)}) AS j
      WHERE EXISTS (SELECT 1 FROM incident_links AS l WHERE l.tenant_id = ${scope.tenantId}
          AND l.incident_id = j.value ->> 'incidentId' AND l.other_id = j.value ->> 'otherId')
        OR (${countOfLinks(scope, sql`${self}`)} + j.key < ${MAX_SOUGHT_LINKS}
          AND ${countOfLinks(scope, sql`j.value ->> 'other'`)} < ${MAX_LINKS}
          AND NOT EXISTS (SELECT 1 FROM incident_history WHERE id = j.value ->> 'history'))`,
    )
    .onConflictDoUpdate({
      target: [incidentLinks.tenantId, incidentLinks.incidentId, incidentLinks.otherId],
      set: {
        kind: sql`excluded.kind`,
        evidence: sql`excluded.evidence`,
        originId: sql`excluded.origin_id`,
      },
      // Somebody's own link stays as it is; otherwise what says no less than the row.
      setWhere: sql`incident_links.kind <> 'hand' AND (excluded.kind = 'traces' OR incident_links.kind = 'cascade')`,
    });
}

/** One row for each of the two, once for each kind of a link, where the link stands. */
function writeHistory(scope: TenantScope, links: readonly IncidentLink[], now: number) {
  const rows = links.flatMap((link) =>
    [link.incidentId, link.otherId].map((incident) => ({
      ...link,
      id: historyId(link, incident),
      incident,
      note: link.evidence.text,
      subject: incident === link.incidentId ? link.otherId : link.incidentId,
    })),
  );
  return scope.db
    .insert(incidentHistory)
    .select(
      sql`SELECT j.value ->> 'id', i.tenant_id, i.id, ${now}, 'system', 'LINKED', i.status, i.status,
        j.value ->> 'note', j.value ->> 'subject'
      FROM json_each(${JSON.stringify(rows)}) AS j CROSS JOIN incidents AS i ON i.id = j.value ->> 'incident'
      WHERE i.tenant_id = ${scope.tenantId} AND EXISTS (SELECT 1 FROM incident_links AS l
        WHERE l.tenant_id = ${scope.tenantId} AND l.incident_id = j.value ->> 'incidentId'
          AND l.other_id = j.value ->> 'otherId' AND l.kind = j.value ->> 'kind')`,
    )
    .onConflictDoNothing();
}

/**
 * Links an incident to those that share its traces, or that failed with it one after the other, with the evidence and
 * the probable origin of each pair. Nobody is told: a message shows links when it is next written, so that one failure
 * in twenty services does not send twenty more. Repeating it changes nothing.
 * @param which the incident, within the tenant; nothing is done where there is none
 */
export async function correlate(scope: TenantScope, which: SQL | undefined): Promise<void> {
  const now = scope.now();
  const [row] = await selectOne(scope, which);
  if (row === undefined) return;
  const { windowMs } = (await loadTenant(scope)).settings;
  const [byTrace, byName] = await scope.db.batch([sharing(scope, row, now), near(scope, row, now, windowMs)]);
  const links = linksOf(row, [...byTrace, ...byName], windowMs);
  if (links.length === 0) return;
  await scope.db.batch([writeLinks(scope, row.id, links, now), writeHistory(scope, links, now)]);
}
