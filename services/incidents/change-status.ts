import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { statesBefore } from "../../core/incidents/lifecycle.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidentHistory, incidents } from "../../schema/tables/incidents.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { getIncident } from "./get.ts";
import { notificationBody } from "./sql.ts";

/** States that need nothing but a word; assigning needs an engineer. */
export type PlainStatus = "ACKNOWLEDGED" | "RESOLVED";

const NOTIFICATIONS: Readonly<Record<PlainStatus, NotificationType>> = {
  ACKNOWLEDGED: "INCIDENT_ACKNOWLEDGED",
  RESOLVED: "INCIDENT_RESOLVED",
};

/**
 * Acknowledges or resolves an incident. Of two who try at once, one wins.
 * @param actor `user:<id>`, `key:<id>`, `slack:<id>` or `system`
 * @throws Log0Error not_found; conflict, naming the present state
 */
export async function changeStatus(
  scope: TenantScope,
  incidentId: string,
  to: PlainStatus,
  actor: string,
  note: string | undefined,
): Promise<Incident> {
  const now = scope.now();
  const changeId = uuidV7(now, scope.random(10));
  const before = await getIncident(scope, incidentId);
  const mine: SQL | undefined = and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId));
  const stamped = and(mine, eq(incidents.changeId, changeId));
  const results = await scope.db.batch([
    scope.db
      .update(incidents)
      .set({
        status: to,
        version: sql`${incidents.version} + 1`,
        changeId,
        updatedAt: now,
        ...(to === "RESOLVED" ? { resolvedAt: now } : {}),
      })
      // The state that the history row will name must still be the state.
      .where(and(mine, eq(incidents.status, before.status), inArray(incidents.status, statesBefore(to))))
      .returning({ id: incidents.id }),
    scope.db.insert(incidentHistory).select(
      scope.db
        .select({
          id: sql<string>`${changeId}`.as("id"),
          tenantId: incidents.tenantId,
          incidentId: incidents.id,
          at: sql<number>`${now}`.as("at"),
          actor: sql<string>`${actor}`.as("actor"),
          change: sql<string>`${to}`.as("change"),
          fromStatus: sql<Incident["status"]>`${before.status}`.as("from_status"),
          toStatus: sql<PlainStatus>`${to}`.as("to_status"),
          note: sql<string | null>`${note ?? null}`.as("note"),
        })
        .from(incidents)
        .where(stamped),
    ),
    scope.db.insert(outbox).select(
      scope.db
        .select({
          id: sql<string>`${changeId}`.as("id"),
          tenantId: incidents.tenantId,
          queue: sql<"notification-events">`'notification-events'`.as("queue"),
          body: sql<string>`${notificationBody(changeId, NOTIFICATIONS[to])}`.as("body"),
          createdAt: sql<number>`${now}`.as("created_at"),
        })
        .from(incidents)
        .where(stamped),
    ),
  ]);
  const after = await getIncident(scope, incidentId);
  if (results[0].length === 0)
    throw new Log0Error("conflict", `the incident is ${after.status}: it cannot become ${to}`);
  // The change has happened, and its message is safe in the outbox: a queue that refuses it is the sweep's concern.
  await sendOutbox(scope, [changeId]).catch((error: unknown) => {
    console.warn({ message: "a change of status waits for the sweep", incidentId, error: errorMessage(error) });
  });
  return after;
}
