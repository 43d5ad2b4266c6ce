import { and, eq, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { thresholdOf } from "../../core/clusters/window.ts";
import { uuidOfText, uuidV7 } from "../../core/ids.ts";
import type { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import type { Job } from "../../schema/contracts/job.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidentHistory, incidents, incidentWindows } from "../../schema/tables/incidents.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { rootOf } from "../grouping/sql.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { messageId } from "./change.ts";
import { correlate } from "./correlate.ts";
import { TITLE_CHARACTERS } from "./create.ts";
import { countedBy, countedFor, forebears, shownOn } from "./lineage.ts";
import { noteTraces } from "./note-traces.ts";
import { moreSevere, notificationBody, occurrences } from "./sql.ts";
import { wakeStatements } from "./wake.ts";

/** What an update of incidents returns. */
const Ids = z.array(z.object({ id: z.string() }));

/** Ids that follow from the event: a repeat inserts nothing new. */
function idsOf(event: IncidentEvent) {
  const id = (role: string): string => uuidOfText(`${role}:${event.eventId}`);
  return { incident: id("incident"), history: id("history"), notification: id("notification"), job: id("summarize") };
}

function titleOf(event: IncidentEvent): string {
  const text =
    event.exceptionType === undefined ? event.messageTemplate : `${event.exceptionType}: ${event.messageTemplate}`;
  return text.slice(0, TITLE_CHARACTERS);
}

/** The row with that id. */
function row(scope: TenantScope, id: SQL): SQL | undefined {
  return and(eq(incidents.tenantId, scope.tenantId), sql`${incidents.id} = ${id}`);
}

/** The open incident that the event speaks of. One that a later crossing opened is none of its business. */
function target(scope: TenantScope, event: IncidentEvent): SQL | undefined {
  return row(scope, shownOn(scope, event, Date.parse(event.crossedAt)));
}

/**
 * Opens an incident, unless one is open, or one was resolved after this crossing: then the crossing is old news, a
 * repeat or a straggler. A fingerprint that was resolved before, also under its name in the grouping
 * version before, opens as a regression of the last, and only when enough is new: what that one has counted already does
 * not make it cross again. Where too little was new at the crossing, a later word of the window opens it.
 */
function open(scope: TenantScope, event: IncidentEvent, now: number, threshold: number) {
  const crossedAt = Date.parse(event.crossedAt);
  const root = rootOf(scope, event.fingerprint);
  const windows = JSON.stringify(event.windows.map(({ start, count }) => ({ start: Date.parse(start), count })));
  const told = event.windows.reduce((sum, window) => sum + window.count, 0);
  const counted = countedBy(scope, sql.raw("last.id"), event, sql`value ->> 'start'`);
  const enough = event.kind === "CROSSED" ? Math.min(threshold, told) : threshold;
  // Columns in the order of the table: drizzle names them all, and D1's batch takes no other raw statement.
  return scope.db
    .insert(incidents)
    .select(
      sql`WITH earlier(id, resolved_at) AS MATERIALIZED (SELECT id, resolved_at FROM incidents
          WHERE +tenant_id = ${scope.tenantId} AND status = 'RESOLVED' AND id IN ${forebears(scope, event, crossedAt)}),
        last(id) AS MATERIALIZED (SELECT max(id) FROM earlier WHERE resolved_at = (SELECT max(resolved_at) FROM earlier))
      SELECT ${idsOf(event).incident}, ${scope.tenantId}, ${event.environment}, ${root},
        ${event.serviceName}, ${titleOf(event)}, ${event.messageTemplate}, ${event.exceptionType ?? null},
        ${event.severity}, 'NEW', 1, ${event.eventId}, 0, ${Date.parse(event.firstSeenAt)},
        ${Date.parse(event.lastSeenAt)}, ${JSON.stringify(event.topMessages)}, ${event.sampleTrace ?? null}, NULL,
        last.id,
        NULL, NULL, ${crossedAt}, ${now}, NULL, 'window', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '[]'
      FROM last WHERE NOT EXISTS (SELECT 1 FROM earlier WHERE resolved_at >= ${crossedAt})
        AND ${shownOn(scope, event, now)} IS NULL
        AND (last.id IS NOT NULL OR ${event.kind} = 'CROSSED')
        AND (SELECT sum(max(0, value ->> 'count' - ${counted})) FROM json_each(${windows})) >= ${enough}`,
    )
    .onConflictDoNothing();
}

/**
 * Counts take the maximum per window: what is told twice adds nothing. A regression counts what came after the
 * resolution: what the incident before it has counted of the same window is not counted again.
 */
function count(scope: TenantScope, event: IncidentEvent) {
  const mine = row(scope, countedFor(scope, event, Date.parse(event.crossedAt)));
  return event.windows.map((window) => {
    const start = Date.parse(window.start);
    const counted = countedBy(scope, sql`${incidents.regressionOf}`, event, start);
    return scope.db
      .insert(incidentWindows)
      .select(
        scope.db
          .select({
            tenantId: incidents.tenantId,
            incidentId: incidents.id,
            fingerprint: sql<string>`${event.fingerprint}`.as("fingerprint"),
            windowStart: sql<number>`${start}`.as("window_start"),
            count: sql<number>`${window.count} - ${counted}`.as("count"),
          })
          .from(incidents)
          .where(and(mine, sql`${window.count} > ${counted}`)),
      )
      .onConflictDoUpdate({
        target: [
          incidentWindows.tenantId,
          incidentWindows.incidentId,
          incidentWindows.fingerprint,
          incidentWindows.windowStart,
        ],
        set: { count: sql`max(${incidentWindows.count}, excluded.count)` },
      });
  });
}

/** Brings the incident up to date, stamped with the event, where the event says something new. */
function update(scope: TenantScope, event: IncidentEvent, now: number) {
  const total = occurrences(scope);
  return scope.db
    .update(incidents)
    .set({
      occurrenceCount: sql`${total}`,
      firstSeenAt: sql`min(${incidents.firstSeenAt}, ${Date.parse(event.firstSeenAt)})`,
      lastSeenAt: sql`max(${incidents.lastSeenAt}, ${Date.parse(event.lastSeenAt)})`,
      severity: sql`${moreSevere(event.severity)}`,
      topMessages: sql`CASE WHEN json_array_length(${incidents.topMessages}) < ${event.topMessages.length} THEN ${JSON.stringify(event.topMessages)} ELSE ${incidents.topMessages} END`,
      sampleTrace: sql`coalesce(${incidents.sampleTrace}, ${event.sampleTrace ?? null})`,
      version: sql`${incidents.version} + 1`,
      changeId: event.eventId,
      updatedAt: now,
    })
    .where(and(target(scope, event), sql`${incidents.occurrenceCount} < ${total}`));
}

const isNew = (event: IncidentEvent) => sql`${incidents.id} = ${idsOf(event).incident}`;

function stamped(scope: TenantScope, event: IncidentEvent, condition: SQL): SQL {
  return sql`${eq(incidents.tenantId, scope.tenantId)} AND ${eq(incidents.changeId, event.eventId)} AND ${condition}`;
}

function history(scope: TenantScope, event: IncidentEvent, now: number) {
  return scope.db
    .insert(incidentHistory)
    .select(
      scope.db
        .select({
          id: sql<string>`${idsOf(event).history}`.as("id"),
          tenantId: incidents.tenantId,
          incidentId: incidents.id,
          at: sql<number>`${now}`.as("at"),
          actor: sql<string>`'system'`.as("actor"),
          change: sql<string>`CASE WHEN ${incidents.regressionOf} IS NULL THEN 'OPENED' ELSE 'REGRESSED' END`.as(
            "change",
          ),
          fromStatus: sql<null>`NULL`.as("from_status"),
          toStatus: sql<"NEW">`'NEW'`.as("to_status"),
          note: sql<string | null>`${incidents.regressionOf}`.as("note"),
          subject: sql<string | null>`${incidents.regressionOf}`.as("subject"),
        })
        .from(incidents)
        .where(stamped(scope, event, isNew(event))),
    )
    .onConflictDoNothing();
}

function tell(
  scope: TenantScope,
  event: IncidentEvent,
  now: number,
  message: { id: string; queue: "notification-events" | "jobs"; body: SQL; where: SQL },
) {
  return scope.db
    .insert(outbox)
    .select(
      scope.db
        .select({
          id: sql<string>`${message.id}`.as("id"),
          tenantId: incidents.tenantId,
          queue: sql<"notification-events" | "jobs">`${message.queue}`.as("queue"),
          body: sql<string>`${message.body}`.as("body"),
          createdAt: sql<number>`${now}`.as("created_at"),
        })
        .from(incidents)
        .where(stamped(scope, event, message.where)),
    )
    .onConflictDoNothing();
}

/**
 * What an incident event changes, in one D1 batch: the incident (opened at a crossing, otherwise brought up to date, and
 * woken where it was snoozed until this), its counts per window, its history, and the messages that follow. Repeating it
 * changes nothing.
 */
export async function recordIncidentEvent(scope: TenantScope, event: IncidentEvent): Promise<void> {
  const now = scope.now();
  const ids = idsOf(event);
  const type: NotificationType = "INCIDENT_CREATED";
  const job: Job = {
    type: "SUMMARIZE",
    eventId: ids.job,
    tenantId: scope.tenantId,
    incidentId: ids.incident,
    schemaVersion: "v1",
  };
  const { settings } = await loadTenant(scope);
  const wakeId = uuidV7(now, scope.random(10));
  const wake = wakeStatements(scope, wakeId, { where: target(scope, event) });
  const first = open(scope, event, now, thresholdOf(settings, event.severity));
  const others = [
    ...count(scope, event),
    update(scope, event, now),
    ...noteTraces(scope, target(scope, event), event.traceIds, now),
    history(scope, event, now),
    tell(scope, event, now, {
      id: ids.notification,
      queue: "notification-events",
      body: notificationBody(ids.notification, type),
      where: sql`1`,
    }),
    tell(scope, event, now, {
      id: ids.job,
      queue: "jobs",
      body: sql`json(${JSON.stringify(job)})`,
      where: isNew(event),
    }),
  ];
  // The waking stamps the incident with an id of its own: it comes after all that looks for the event's.
  const results = await scope.db.batch([first, ...others, wake.history, wake.update, wake.message]);
  const woken = Ids.parse(results.at(-2)).map(({ id }) => messageId(wakeId, id));
  try {
    // What it belongs to is known before the first message is written. Without traces only a crossing tells more.
    if (event.kind === "CROSSED" || event.traceIds !== undefined) await correlate(scope, target(scope, event));
  } finally {
    await sendOutbox(scope, [ids.notification, ids.job, ...woken]);
  }
}
