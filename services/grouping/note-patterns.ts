import { sql } from "drizzle-orm";
import { truncate } from "../../core/clusters/digest.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { Job } from "../../schema/contracts/job.ts";
import type { Level } from "../../schema/contracts/levels.ts";
import { patterns } from "../../schema/tables/logs.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";

/** A pattern as it was met. */
export interface Sighting {
  fingerprint: string;
  /** Its fingerprint in the grouping version before, while that runs beside. */
  previous?: string | undefined;
  template: string;
  serviceName: string;
  level: Level;
  /** Unix ms. */
  firstSeen: number;
}

/** A template is shown, not matched: its beginning says enough. */
const TEMPLATE_CHARACTERS = 500;

/** New patterns of so long a time are told together. */
const ALERT_MS = 60_000;

/** Fields of one sighting as SQL reads them from `json_each`. */
function listed(sightings: readonly Sighting[]): string {
  return JSON.stringify(
    sightings.map(({ fingerprint, previous, template, serviceName, level, firstSeen }) => ({
      fingerprint,
      previous,
      template: truncate(template, TEMPLATE_CHARACTERS),
      serviceName,
      level,
      firstSeen,
    })),
  );
}

/**
 * Notes patterns at their first sight: a known one costs no written row. One statement, whatever their number. New is
 * one of WARN or worse, unless it is only what the present rules call a known one.
 */
export function notePatterns(scope: TenantScope, sightings: readonly Sighting[]) {
  const now = scope.now();
  return scope.db
    .insert(patterns)
    .select(
      sql`SELECT ${scope.tenantId}, value ->> 'fingerprint', value ->> 'template', value ->> 'serviceName',
        value ->> 'level', value ->> 'firstSeen', ${now},
        CASE WHEN value ->> 'level' IN ('WARN', 'ERROR', 'FATAL')
          AND NOT EXISTS (SELECT 1 FROM patterns AS former
            WHERE former.tenant_id = ${scope.tenantId} AND former.fingerprint = value ->> 'previous')
          AND NOT EXISTS (SELECT 1 FROM fingerprint_aliases AS alias
            WHERE alias.tenant_id = ${scope.tenantId} AND alias.fingerprint = value ->> 'fingerprint')
        THEN ${now} END
        FROM json_each(${listed(sightings)}) WHERE true`,
    )
    .onConflictDoNothing();
}

/** Notes patterns as they are met, and, where the tenant wants to hear of new ones, sees to it that it does. */
export async function sightPatterns(scope: TenantScope, sightings: readonly Sighting[], tell: boolean): Promise<void> {
  if (sightings.length === 0) return;
  if (!tell) {
    await scope.db.batch([notePatterns(scope, sightings)]);
    return;
  }
  const now = scope.now();
  const eventId = uuidOfText(`new-patterns:${scope.tenantId}:${Math.floor(now / ALERT_MS)}`);
  const job: Job = { type: "NEW_PATTERNS", eventId, tenantId: scope.tenantId, schemaVersion: "v1" };
  const fingerprints = JSON.stringify(sightings.map(({ fingerprint }) => fingerprint));
  await scope.db.batch([
    notePatterns(scope, sightings),
    scope.db
      .insert(outbox)
      .select(
        sql`SELECT ${eventId}, ${scope.tenantId}, 'jobs', ${JSON.stringify(job)}, ${now}
        WHERE EXISTS (SELECT 1 FROM patterns WHERE tenant_id = ${scope.tenantId} AND new_at = ${now}
          AND fingerprint IN (SELECT value FROM json_each(${fingerprints})))`,
      )
      .onConflictDoNothing(),
  ]);
  await sendOutbox(scope, [eventId]);
}
