import { and, asc, eq, isNotNull, isNull, lt, lte, not, or, type SQL, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { AUTO_RESOLVE_MS, TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { endVersionAliases } from "../grouping/end-version-aliases.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { ofGone } from "../tenants/of-tenants.ts";
import { changeStatements, type IncidentChange, messageId, sendMessages } from "./change.ts";
import { resolution } from "./resolve.ts";
import { iso, permitted } from "./sql.ts";
import { wakeStatements } from "./wake.ts";

/** Incidents that one run of the cron takes on of each kind: two calls each, of the thousand that an invocation has. */
const SWEEP_ROWS = 100;

/** As a literal: with a parameter SQLite does not see that the partial index will do. */
const OPEN = sql`${incidents.status} <> 'RESOLVED'`;

const { windowMs, updateIntervalMs } = TenantSettings.parse({});

/** A duration of the tenant's settings. */
function settingMs(name: string, usual: number): SQL {
  return sql`coalesce(CASE WHEN json_valid(settings) THEN json_extract(settings, ${`$.${name}`}) END, ${usual})`;
}

/**
 * What the incident's tenant has set, ms; no number where nothing is to be resolved. At least as long as a window may
 * keep its next word back: an incident that goes on is not quiet.
 */
const SETTING = sql`(SELECT max(CASE CASE WHEN json_valid(settings) THEN json_type(settings, '$.autoResolveMs') END
    WHEN 'null' THEN NULL WHEN 'integer' THEN json_extract(settings, '$.autoResolveMs') ELSE ${AUTO_RESOLVE_MS.usual} END,
    ${settingMs("windowMs", windowMs)} + ${settingMs("updateIntervalMs", updateIntervalMs)})
  FROM tenants WHERE tenants.id = ${sql.raw("incidents.tenant_id")})`;

/**
 * Open incidents that no log speaks of any more. Not those that are ignored, which were to be quiet for good, and not
 * those that somebody will look at when their snooze ends, nor those made by hand, of which no log ever spoke.
 */
function quietTooLong(now: number): SQL | undefined {
  return and(
    OPEN,
    lt(incidents.lastSeenAt, now - AUTO_RESOLVE_MS.least),
    lt(incidents.lastSeenAt, sql`${now} - ${SETTING}`),
    eq(incidents.origin, "window"),
    isNull(incidents.ignoredAt),
    or(isNull(incidents.snoozedUntil), lte(incidents.snoozedUntil, now)),
  );
}

function resolveStatements(scope: TenantScope, changeId: string, which: Pick<IncidentChange, "ids" | "where">) {
  const now = scope.now();
  return changeStatements(scope, changeId, {
    ...which,
    where: and(which.where, permitted("resolve"), quietTooLong(now)),
    set: resolution(now),
    actor: "system",
    what: "RESOLVED",
    to: "RESOLVED",
    note: sql`'no occurrence since ' || ${iso(incidents.lastSeenAt)}`,
    notification: "INCIDENT_RESOLVED",
  });
}

/** Changes the incidents that a condition finds, a batch a tenant. One tenant's failure keeps no other from its turn. */
async function changeAll(platform: Platform, due: SQL | undefined, statements: typeof resolveStatements) {
  const found = await platform.everyTenant
    .select({ id: incidents.id, tenantId: incidents.tenantId })
    .from(incidents)
    .where(and(due, not(ofGone(incidents.tenantId))))
    .orderBy(asc(incidents.lastSeenAt))
    .limit(SWEEP_ROWS);
  let count = 0;
  for (const tenantId of new Set(found.map((row) => row.tenantId))) {
    const scope = scopeTo(platform, tenantId);
    const changeId = uuidV7(scope.now(), scope.random(10));
    const ids = JSON.stringify(found.filter((row) => row.tenantId === tenantId).map((row) => row.id));
    const which = { ids: sql`(SELECT value FROM json_each(${ids}))`, where: undefined };
    const { history, update, message } = statements(scope, changeId, which);
    try {
      const [, changed] = await scope.db.batch([history, update, message, endVersionAliases(scope, changeId)]);
      await sendMessages(
        scope,
        changed.map(({ id }) => messageId(changeId, id)),
      );
      count += changed.length;
    } catch (error) {
      console.error({ message: "a tenant's incidents wait for the next sweep", tenantId, error: errorMessage(error) });
    }
  }
  return count;
}

/**
 * Resolves open incidents of all tenants that have been quiet for as long as the tenant says, then wakes those whose
 * snooze has ended: what is over by then is not told of again.
 * @returns how many of each
 */
export async function sweepIncidents(platform: Platform): Promise<{ resolved: number; woken: number }> {
  const now = platform.now();
  const resolved = await changeAll(platform, quietTooLong(now), resolveStatements);
  const ended = and(OPEN, isNotNull(incidents.snoozedUntil), lte(incidents.snoozedUntil, now));
  return { resolved, woken: await changeAll(platform, ended, wakeStatements) };
}
