import { sql } from "drizzle-orm";
import { incidentTraces } from "../../schema/tables/incidents.ts";
import type { Platform } from "../platform.ts";

/** Incidents find each other by their traces for this long. What relates to an older one relates to what it became. */
export const TRACE_DAYS = 7;

const ROWS = 2_000;
const MAX_ROUNDS = 10;

/** Deletes the traces of incidents past their time, oldest first: row ids grow with time, so no index is needed. */
export async function forgetTraces(platform: Platform): Promise<void> {
  const before = platform.now() - TRACE_DAYS * 86_400_000;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { meta } = await platform.everyTenant.delete(incidentTraces).where(
      sql`rowid IN (SELECT rowid FROM incident_traces ORDER BY rowid LIMIT ${ROWS})
          AND ${incidentTraces.createdAt} < ${before}`,
    );
    if (meta.changes < ROWS) return;
  }
}
