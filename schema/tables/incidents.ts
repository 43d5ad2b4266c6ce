import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { INCIDENT_STATUSES, SEVERITIES } from "../contracts/levels.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

export const incidents = sqliteTable(
  "incidents",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    environment: text().notNull(),
    fingerprint: text().notNull(),
    serviceName: text("service_name").notNull(),
    title: text().notNull(),
    messageTemplate: text("message_template").notNull(),
    exceptionType: text("exception_type"),
    severity: text({ enum: SEVERITIES }).notNull(),
    status: text({ enum: INCIDENT_STATUSES }).notNull(),
    /** Grows with every change that a message shows; a sender skips what is older than what it has shown. */
    version: integer().notNull(),
    /** Id of the last change: its history and outbox rows are inserted only where this stamp is found. */
    changeId: text("change_id").notNull(),
    occurrenceCount: integer("occurrence_count").notNull(),
    firstSeenAt: integer("first_seen_at").notNull(),
    lastSeenAt: integer("last_seen_at").notNull(),
    /** JSON array of at most 10 strings. */
    topMessages: text("top_messages").notNull(),
    sampleTrace: text("sample_trace"),
    /** JSON of Summary, with model and prompt version. */
    summary: text(),
    /** The resolved incident that this one is a regression of. */
    regressionOf: text("regression_of"),
    /** The incident that goes on in the place of this one, which is resolved. */
    mergedInto: text("merged_into"),
    /** The merge of fingerprints that moved or merged this incident: taking it back finds it by this. */
    mergeId: text("merge_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    resolvedAt: integer("resolved_at"),
    /** A window's crossing, or somebody's own. */
    origin: text({ enum: ["window", "hand"] }).notNull(),
    /** The engineer who has it (`users.id`), and since when. */
    assigneeId: text("assignee_id"),
    assignedAt: integer("assigned_at"),
    /** The first time that somebody acknowledged it: what MTTA counts to. */
    acknowledgedAt: integer("acknowledged_at"),
    /** Quiet since then, until one of the three below; null when it is not snoozed. */
    snoozedAt: integer("snoozed_at"),
    /** Unix ms. */
    snoozedUntil: integer("snoozed_until"),
    /** The count of occurrences that wakes it. */
    snoozedCount: integer("snoozed_count"),
    /** Wakes when it becomes more severe than this. */
    snoozedSeverity: text("snoozed_severity", { enum: SEVERITIES }),
    /** Quiet for good, until somebody takes that back. */
    ignoredAt: integer("ignored_at"),
    /** When it was escalated, because nobody had acknowledged it. */
    escalatedAt: integer("escalated_at"),
    /** JSON array of at most 20 strings. */
    traceIds: text("trace_ids").notNull().default("[]"),
  },
  (table) => [
    uniqueIndex("incidents_open")
      .on(table.tenantId, table.environment, table.fingerprint)
      .where(sql`status <> 'RESOLVED'`),
    index("incidents_list").on(table.tenantId, table.createdAt, table.id),
    // The fingerprint before the environment: some ask for it in all environments.
    index("incidents_fingerprint").on(table.tenantId, table.fingerprint, table.environment, table.resolvedAt),
    // The messages of a change find its incidents by the stamp, among all that the tenant ever had.
    index("incidents_change").on(table.tenantId, table.changeId),
    index("incidents_merged").on(table.tenantId, table.mergedInto).where(sql`merged_into IS NOT NULL`),
    index("incidents_merge").on(table.tenantId, table.mergeId).where(sql`merge_id IS NOT NULL`),
    index("incidents_regression").on(table.tenantId, table.regressionOf).where(sql`regression_of IS NOT NULL`),
    // For the cron, which looks at all tenants: what is quiet for long, and what wakes.
    index("incidents_quiet").on(table.lastSeenAt).where(sql`status <> 'RESOLVED'`),
    index("incidents_snoozed").on(table.snoozedUntil).where(sql`snoozed_until IS NOT NULL`),
  ],
);

/**
 * Occurrences per tumbling window of a fingerprint. An incident's count is their sum; a repeat keeps the maximum, so it
 * adds nothing. Several fingerprints count towards one incident where they are merged.
 */
export const incidentWindows = sqliteTable(
  "incident_windows",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    incidentId: text("incident_id").notNull(),
    fingerprint: text().notNull(),
    windowStart: integer("window_start").notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.incidentId, table.fingerprint, table.windowStart] })],
);

/** Incidents that belong together. Of a pair the smaller id comes first, so that there is one row. */
export const incidentLinks = sqliteTable(
  "incident_links",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    incidentId: text("incident_id").notNull(),
    otherId: text("other_id").notNull(),
    /** Somebody said so, they share trace ids, or their services failed one after the other. */
    kind: text({ enum: ["hand", "traces", "cascade"] }).notNull(),
    /** JSON of what shows it. */
    evidence: text().notNull(),
    /** Which of the two is the probable origin. */
    originId: text("origin_id"),
    actor: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.incidentId, table.otherId] }),
    index("incident_links_other").on(table.tenantId, table.otherId),
  ],
);

/** Which open incidents a trace passed through. */
export const incidentTraces = sqliteTable(
  "incident_traces",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    traceId: text("trace_id").notNull(),
    incidentId: text("incident_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.traceId, table.incidentId] })],
);

export const incidentHistory = sqliteTable(
  "incident_history",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    incidentId: text("incident_id").notNull(),
    at: integer().notNull(),
    /** `system`, `rule:<id>`, `user:<id>` or `slack:<id>`. */
    actor: text().notNull(),
    change: text().notNull(),
    fromStatus: text("from_status", { enum: INCIDENT_STATUSES }),
    toStatus: text("to_status", { enum: INCIDENT_STATUSES }),
    note: text(),
    /** What it was about: whom it was assigned to, the other incident of a merge or link, what a snooze waits for. */
    subject: text(),
  },
  (table) => [index("incident_history_incident").on(table.tenantId, table.incidentId, table.at)],
);
