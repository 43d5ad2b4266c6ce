import { asc, inArray, lt } from "drizzle-orm";
import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import type { Platform } from "../platform.ts";

/** Rows that a sweep takes at a time, within one `sendBatch` a queue. */
const SWEEP_ROWS = 50;

/** A row this old was left by a crash between the state change and its message. */
const ORPHAN_MS = 30_000;

/** Seconds before a message is delivered. A summary of the first seconds' evidence beats one of the first ten lines; the alert is out. */
const DELAY_SECONDS: Partial<Record<QueueName, number>> = { jobs: 3 };

type OutboxRow = typeof outbox.$inferSelect;

/** Sends each row on its own account: one that fails does not hold up those behind it. @throws the first failure */
async function sendRows(platform: Platform, rows: readonly OutboxRow[]): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows) {
    try {
      await platform.queues[row.queue].send(JSON.parse(row.body), {
        contentType: "json",
        delaySeconds: DELAY_SECONDS[row.queue] ?? 0,
      });
      await platform.db.delete(outbox).where(inArray(outbox.id, [row.id]));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Sends the rows that a state change has just written, then deletes them. At most 100 ids. */
export async function sendOutbox(platform: Platform, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sendRows(
    platform,
    await platform.db
      .select()
      .from(outbox)
      .where(inArray(outbox.id, [...ids])),
  );
}

/** Sends what a crash has left behind. @returns how many messages were sent */
export async function sweepOutbox(platform: Platform): Promise<number> {
  const rows = await platform.db
    .select()
    .from(outbox)
    .where(lt(outbox.createdAt, platform.now() - ORPHAN_MS))
    .orderBy(asc(outbox.createdAt))
    .limit(SWEEP_ROWS);
  await sendRows(platform, rows);
  return rows.length;
}
