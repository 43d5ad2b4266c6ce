import { and, eq, type SQL, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import { errorMessage } from "../../core/errors.ts";
import type { IncidentStatus } from "../../schema/contracts/levels.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidentHistory, incidents } from "../../schema/tables/incidents.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { notificationBody } from "./sql.ts";

/** A change of one or more of a tenant's incidents. */
export interface IncidentChange {
  /** Which ones, and what must hold for them at the moment of writing. */
  where: SQL | undefined;
  /** Only these, as a list or a query of SQL: they are looked up by id, and not among all that the tenant has. */
  ids?: SQL;
  set: SQLiteUpdateSetSource<typeof incidents>;
  /** `user:<id>`, `key:<id>`, `slack:<id>`, `rule:<id>` or `system`. */
  actor: string;
  /** What the history calls it. */
  what: string;
  /** Null where there was no incident before. */
  from?: null;
  /** The state that it leads to; none when the state stays. */
  to?: IncidentStatus | SQL<IncidentStatus>;
  note?: SQL | string | undefined;
  /** Whom or what it is about: an assignee, another incident, what a snooze waits for. */
  subject?: SQL | string | undefined;
  notification: NotificationType;
}

/** The outbox row of a change of an incident. */
export function messageId(changeId: string, incidentId: string): string {
  return `${changeId}:${incidentId}`;
}

/**
 * Sends the messages of changes that have happened. They are safe in the outbox: a queue that refuses them is the
 * sweep's concern, not the caller's.
 */
export async function sendMessages(scope: TenantScope, ids: readonly string[]): Promise<void> {
  await sendOutbox(scope, ids).catch((error: unknown) => {
    console.warn({ message: "messages of a change wait for the sweep", ids, error: errorMessage(error) });
  });
}

/**
 * The statements of a change, for one D1 batch: its history, the conditional update, and the message that follows. The
 * history comes first, while the row still has the state that the change begins from; a batch is one transaction, so
 * both see the same rows. The update's result lists the incidents that were changed; of two who try at once, the second
 * finds none.
 */
export function changeStatements(scope: TenantScope, changeId: string, change: IncidentChange) {
  const now = scope.now();
  // The plus keeps SQLite from walking an index of the tenant.
  const mine =
    change.ids === undefined
      ? and(eq(incidents.tenantId, scope.tenantId), change.where)
      : and(sql`+${incidents.tenantId} = ${scope.tenantId}`, sql`${incidents.id} IN ${change.ids}`, change.where);
  const rowId = sql<string>`${changeId} || ':' || ${incidents.id}`;
  const history = scope.db.insert(incidentHistory).select(
    scope.db
      .select({
        id: rowId.as("id"),
        tenantId: incidents.tenantId,
        incidentId: incidents.id,
        at: sql<number>`${now}`.as("at"),
        actor: sql<string>`${change.actor}`.as("actor"),
        change: sql<string>`${change.what}`.as("change"),
        fromStatus: sql<IncidentStatus | null>`${change.from === null ? null : incidents.status}`.as("from_status"),
        toStatus: sql<IncidentStatus>`${change.to ?? incidents.status}`.as("to_status"),
        note: sql<string | null>`${change.note ?? null}`.as("note"),
        subject: sql<string | null>`${change.subject ?? null}`.as("subject"),
      })
      .from(incidents)
      .where(mine),
  );
  const update = scope.db
    .update(incidents)
    .set({
      ...change.set,
      ...(change.to === undefined ? {} : { status: change.to }),
      version: sql`${incidents.version} + 1`,
      changeId,
      updatedAt: now,
    })
    .where(mine)
    .returning({ id: incidents.id });
  const message = scope.db.insert(outbox).select(
    scope.db
      .select({
        id: rowId.as("id"),
        tenantId: incidents.tenantId,
        queue: sql<"notification-events">`'notification-events'`.as("queue"),
        body: sql<string>`${notificationBody(rowId, change.notification)}`.as("body"),
        createdAt: sql<number>`${now}`.as("created_at"),
      })
      .from(incidents)
      .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.changeId, changeId))),
  );
  return { history, update, message };
}
