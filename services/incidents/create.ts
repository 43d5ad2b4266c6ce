import { and, eq } from "drizzle-orm";
import { uuidOfText, uuidV7 } from "../../core/ids.ts";
import { handFingerprint } from "../../core/incidents/by-hand.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import type { Severity } from "../../schema/contracts/levels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements, messageId, sendMessages } from "./change.ts";
import { foundIn, incidentById } from "./get.ts";

/** A title fits one line of a list and of a Slack header. */
export const TITLE_CHARACTERS = 150;

export interface NewIncident {
  /** At most TITLE_CHARACTERS. */
  title: string;
  severity: Severity;
  service: string;
  environment: string;
  actor: string;
  note?: string | undefined;
  /** Whoever repeats it with the same key gets the incident of the first time. */
  idempotencyKey?: string | undefined;
}

/**
 * Opens an incident that no window has seen. It counts nothing, and is not resolved by itself.
 * @returns the incident, and whether it is new
 */
export async function createIncident(
  scope: TenantScope,
  incident: NewIncident,
): Promise<{ incident: Incident; created: boolean }> {
  const now = scope.now();
  const { actor, note, idempotencyKey: key } = incident;
  const newId = (): string => uuidV7(now, scope.random(10));
  const id = key === undefined ? newId() : uuidOfText(`hand\n${scope.tenantId}\n${key}`);
  const [openId, changeId] = [newId(), newId()];
  // The change is that of every verb: it finds the row only where this call has inserted it.
  const { history, update, message } = changeStatements(scope, changeId, {
    where: and(eq(incidents.id, id), eq(incidents.changeId, openId)),
    set: {},
    actor,
    what: "OPENED",
    from: null,
    to: "NEW",
    note,
    notification: "INCIDENT_CREATED",
  });
  const [, , changed, , found] = await scope.db.batch([
    scope.db
      .insert(incidents)
      .values({
        id,
        tenantId: scope.tenantId,
        environment: incident.environment,
        fingerprint: handFingerprint(id),
        serviceName: incident.service,
        title: incident.title,
        messageTemplate: incident.title,
        severity: incident.severity,
        status: "NEW",
        version: 0,
        changeId: openId,
        occurrenceCount: 0,
        firstSeenAt: now,
        lastSeenAt: now,
        topMessages: "[]",
        createdAt: now,
        updatedAt: now,
        origin: "hand",
      })
      .onConflictDoNothing(),
    history,
    update,
    message,
    incidentById(scope, id),
  ]);
  await sendMessages(
    scope,
    changed.map((row) => messageId(changeId, row.id)),
  );
  return { incident: foundIn(found), created: changed.length > 0 };
}
