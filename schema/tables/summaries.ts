import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { PARTIAL_REASONS } from "../contracts/summary.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Who summarizes an incident now: one at a time, so that a model is asked once. */
export const summaryClaims = sqliteTable(
  "summary_claims",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    incidentId: text("incident_id").notNull(),
    token: text().notNull(),
    /** Unix ms; after that the claim is taken for lost. */
    until: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.incidentId] })],
);

/** Jobs that are done, and what they took: a job that comes again finds itself here. */
export const summaryRuns = sqliteTable(
  "summary_runs",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    jobId: text("job_id").notNull(),
    incidentId: text("incident_id").notNull(),
    actor: text().notNull(),
    model: text().notNull(),
    promptVersion: text("prompt_version").notNull(),
    partialReason: text("partial_reason", { enum: PARTIAL_REASONS }),
    tokensIn: integer("tokens_in").notNull(),
    tokensOut: integer("tokens_out").notNull(),
    /** Null when the model's price is not known. */
    costUsd: real("cost_usd"),
    latencyMs: integer("latency_ms").notNull(),
    inventedCitations: integer("invented_citations").notNull(),
    finishedAt: integer("finished_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.jobId] })],
);

/** Validated answers of models, by the hash of the scrubbed prompt: never shared between tenants. */
export const summaryAnswers = sqliteTable(
  "summary_answers",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** A UUIDv8 of endpoint, model and prompt. */
    hash: text().notNull(),
    /** JSON of ModelAnswer. */
    answer: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.hash] })],
);

/** Tokens of a tenant's day (UTC): reserved before a call, corrected after it. */
export const aiUsage = sqliteTable(
  "ai_usage",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** `2026-01-31`. */
    day: text().notNull(),
    tokens: integer().notNull().default(0),
    calls: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.day] })],
);

/** Circuit breakers around models (core/summaries/breaker.ts), shared by all isolates. */
export const aiCircuits = sqliteTable(
  "ai_circuits",
  {
    /** Whose endpoint it is; empty for the platform's own. */
    tenantId: text("tenant_id").$type<TenantId | "">().notNull(),
    /** Endpoint and model. */
    name: text().notNull(),
    failures: integer().notNull(),
    openUntil: integer("open_until"),
    trips: integer().notNull(),
    epoch: integer().notNull(),
    probeUntil: integer("probe_until"),
    /** Grows with every write: a change is written only over the state that it was made from. */
    version: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name] })],
);
