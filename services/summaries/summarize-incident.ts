import { and, eq, isNull, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { Summary } from "../../schema/contracts/summary.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { getIncident } from "../incidents/get.ts";
import { notificationBody } from "../incidents/sql.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { extractive, type SummaryProvider } from "./providers.ts";

/**
 * Summarizes an incident that has no summary yet, and tells of it. When the provider fails, the extractive summarizer
 * takes its place: an incident is never left without a summary.
 */
export async function summarizeIncident(
  scope: TenantScope,
  incidentId: string,
  provider: SummaryProvider,
): Promise<void> {
  const incident = await getIncident(scope, incidentId);
  if (incident.summary !== null) return;
  let used = provider;
  let content: Awaited<ReturnType<SummaryProvider["summarize"]>>;
  try {
    content = await provider.summarize(incident);
  } catch (error) {
    console.warn({ message: "summary provider failed", model: provider.model, error: errorMessage(error) });
    used = extractive;
    content = await extractive.summarize(incident);
  }
  const now = scope.now();
  const changeId = uuidOfText(`summary:${incidentId}`);
  const { model, promptVersion } = used;
  const summary: Summary = { ...content, model, promptVersion, createdAt: new Date(now).toISOString() };
  const mine = and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId));
  await scope.db.batch([
    scope.db
      .update(incidents)
      .set({ summary: JSON.stringify(summary), version: sql`${incidents.version} + 1`, changeId, updatedAt: now })
      .where(and(mine, isNull(incidents.summary))),
    scope.db
      .insert(outbox)
      .select(
        scope.db
          .select({
            id: sql<string>`${changeId}`.as("id"),
            tenantId: incidents.tenantId,
            queue: sql<"notification-events">`'notification-events'`.as("queue"),
            body: sql<string>`${notificationBody(changeId, "INCIDENT_SUMMARIZED")}`.as("body"),
            createdAt: sql<number>`${now}`.as("created_at"),
          })
          .from(incidents)
          .where(and(mine, eq(incidents.changeId, changeId))),
      )
      .onConflictDoNothing(),
  ]);
  await sendOutbox(scope, [changeId]);
}
