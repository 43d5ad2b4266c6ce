import { and, eq, inArray } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { statesBefore } from "../../core/incidents/lifecycle.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { endVersionAliases } from "../grouping/end-version-aliases.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements, messageId } from "./change.ts";
import { getIncident } from "./get.ts";

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
  const { history, update, message } = changeStatements(scope, changeId, {
    where: and(eq(incidents.id, incidentId), inArray(incidents.status, statesBefore(to))),
    set: to === "RESOLVED" ? { resolvedAt: now } : {},
    actor,
    what: to,
    to,
    note,
    notification: NOTIFICATIONS[to],
  });
  const [, changed] = await scope.db.batch([history, update, message, endVersionAliases(scope, changeId)]);
  const after = await getIncident(scope, incidentId);
  if (changed.length === 0) throw new Log0Error("conflict", `the incident is ${after.status}: it cannot become ${to}`);
  // The change has happened, and its message is safe in the outbox: a queue that refuses it is the sweep's concern.
  await sendOutbox(scope, [messageId(changeId, incidentId)]).catch((error: unknown) => {
    console.warn({ message: "a change of status waits for the sweep", incidentId, error: errorMessage(error) });
  });
  return after;
}
