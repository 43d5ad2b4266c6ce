import { and, gte, lte, or, sql } from "drizzle-orm";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements, type IncidentChange } from "./change.ts";
import { NOT_SNOOZED } from "./snooze.ts";
import { permitted, rank } from "./sql.ts";

/**
 * The statements that end the snoozes of some incidents, where what they wait for has come, for one D1 batch. The same
 * holds in core/incidents/quiet.ts.
 */
export function wakeStatements(scope: TenantScope, changeId: string, which: Pick<IncidentChange, "ids" | "where">) {
  return changeStatements(scope, changeId, {
    ...which,
    where: and(
      which.where,
      permitted("wake"),
      or(
        lte(incidents.snoozedUntil, scope.now()),
        gte(incidents.occurrenceCount, incidents.snoozedCount),
        sql`${rank(incidents.severity)} > ${rank(incidents.snoozedSeverity)}`,
      ),
    ),
    set: NOT_SNOOZED,
    actor: "system",
    what: "WOKEN",
    notification: "INCIDENT_CREATED",
  });
}
