import { sql } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { escalateIncident } from "../incidents/escalate.ts";
import { type Platform, scopeTo } from "../platform.ts";
import { ofActive } from "../tenants/of-tenants.ts";

const SWEEP_INCIDENTS = 50;

/** An escalation that was switched on today is not about last month; a snooze that is over today may be. */
const OLDEST_MS = 24 * 60 * 60_000;

/** Incidents of active tenants that nobody has acknowledged in the time that their routing gives. */
function overdue(platform: Platform): Promise<{ tenantId: string; id: string; minutes: number }[]> {
  const now = platform.now();
  return platform.everyTenant.all(sql`
    WITH rules AS (
      SELECT tenant_id, json_extract(routing, '$.escalation.afterMinutes') AS minutes,
        json_extract(routing, '$.escalation.severities') AS severities
      FROM routing_sets AS saved
      WHERE minutes IS NOT NULL
        AND version = (SELECT max(version) FROM routing_sets WHERE tenant_id = saved.tenant_id))
    SELECT incidents.tenant_id AS "tenantId", incidents.id AS id, rules.minutes AS minutes
    FROM rules JOIN incidents ON incidents.tenant_id = rules.tenant_id
    WHERE incidents.status IN ('NEW', 'ASSIGNED') AND escalated_at IS NULL AND ignored_at IS NULL
      AND (snoozed_at IS NULL OR snoozed_until <= ${now})
      AND incidents.created_at <= ${now} - rules.minutes * 60000
      AND (incidents.created_at > ${now} - rules.minutes * 60000 - ${OLDEST_MS}
        OR EXISTS (SELECT 1 FROM incident_history AS woken
          WHERE woken.tenant_id = incidents.tenant_id AND woken.incident_id = incidents.id
            AND woken.at > ${now} - rules.minutes * 60000 - ${OLDEST_MS} AND woken.change = 'WOKEN'))
      AND ${ofActive(sql.raw("incidents.tenant_id"))}
      AND (rules.severities IS NULL OR severity IN (SELECT value FROM json_each(rules.severities)))
    ORDER BY incidents.created_at LIMIT ${SWEEP_INCIDENTS}`);
}

/** Escalates what nobody has acknowledged in time. @returns how many were */
export async function sweepEscalations(platform: Platform): Promise<number> {
  let escalated = 0;
  for (const { tenantId, id, minutes } of await overdue(platform)) {
    try {
      await escalateIncident(scopeTo(platform, tenantId), id, "system", `not acknowledged in ${minutes} min`);
      escalated++;
    } catch (error) {
      // Somebody was faster.
      if (error instanceof Log0Error && error.code === "conflict") continue;
      console.error({ message: "an incident could not be escalated", tenantId, id, error: errorMessage(error) });
    }
  }
  return escalated;
}
