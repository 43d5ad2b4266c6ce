import { and, gte, lte, or, type SQL, sql } from "drizzle-orm";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements } from "./change.ts";
import { NOT_SNOOZED } from "./snooze.ts";
import { permitted, rank } from "./sql.ts";

/**
 * The statements that end the snoozes of some incidents, where what they wait for has come, for one D1 batch. The same
 * holds in core/incidents/quiet.ts.
 */
export function wakeStatements(scope: TenantScope, changeId: string, which: SQL | undefined) {
  return changeStatements(scope, changeId, {
    where: and(
      which,
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
