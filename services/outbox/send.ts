import { and, asc, eq, inArray, lt, not } from "drizzle-orm";
import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { ofGone } from "../tenants/of-tenants.ts";

/** Rows that a sweep takes at a time, within one `sendBatch` a queue. */
const SWEEP_ROWS = 50;

/** A row this old was left by a crash between the state change and its message. */
const ORPHAN_MS = 30_000;

/** Seconds before a message is delivered. A summary of the first seconds' evidence beats one of the first ten lines; the alert is out. */
const DELAY_SECONDS: Partial<Record<QueueName, number>> = { jobs: 3 };

type OutboxRow = typeof outbox.$inferSelect;

/** Sends each row on its own account: one that fails does not hold up those behind it. @throws the first failure */
async function sendRows(scope: TenantScope, rows: readonly OutboxRow[]): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows) {
    try {
      await scope.queues[row.queue].send(JSON.parse(row.body), {
        contentType: "json",
        delaySeconds: DELAY_SECONDS[row.queue] ?? 0,
      });
      await scope.db.delete(outbox).where(and(eq(outbox.tenantId, scope.tenantId), eq(outbox.id, row.id)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Sends the rows that a state change has just written, then deletes them. At most 100 ids. */
export async function sendOutbox(scope: TenantScope, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sendRows(
    scope,
    await scope.db
      .select()
      .from(outbox)
      .where(and(eq(outbox.tenantId, scope.tenantId), inArray(outbox.id, [...ids]))),
  );
}

/** Sends what a crash has left behind; what a deleted tenant left goes with its other rows. @returns how many messages were sent */
export async function sweepOutbox(platform: Platform): Promise<number> {
  const rows = await platform.everyTenant
    .select()
    .from(outbox)
    .where(and(lt(outbox.createdAt, platform.now() - ORPHAN_MS), not(ofGone(outbox.tenantId))))
    .orderBy(asc(outbox.createdAt))
    .limit(SWEEP_ROWS);
  const sent = rows.map((row) => sendRows(scopeTo(platform, row.tenantId), [row]));
  for (const one of await Promise.allSettled(sent)) if (one.status === "rejected") throw one.reason;
  return rows.length;
}
