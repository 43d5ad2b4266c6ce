import { and, eq, isNull } from "drizzle-orm";
import { frameEnvelopes, MAX_MESSAGE_BYTES } from "../../core/wire/envelope.ts";
import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { deadLetters } from "../../schema/tables/messaging.ts";
import { type AuditEntry, auditIfChanged } from "../audit/record.ts";
import { type LogQueue, sendPointer } from "../logs/publish-sections.ts";
import type { TenantScope } from "../platform.ts";
import { loadBody, loadDeadLetter } from "./list.ts";

/** Replayed at a time by "replay all": each is an R2 read, a send and a row, within a request's time. */
const REPLAY_BATCH = 100;

/** Several envelopes in one body are what a pointer pointed at; they begin with a length, an envelope with `L0`. */
function isEnvelope(body: Uint8Array): boolean {
  return body[0] === 0x4c && body[1] === 0x30;
}

/** The queue that a letter of envelopes came from; no other queue carries bytes. */
function logQueueOf(queue: QueueName): LogQueue {
  return queue === "raw-logs" || queue === "raw-logs-bulk" ? queue : "normalized-logs";
}

async function sendAgain(scope: TenantScope, queue: QueueName, contentType: "bytes" | "json", body: Uint8Array) {
  if (contentType === "json") {
    await scope.queues[queue].send(JSON.parse(new TextDecoder().decode(body)), { contentType: "json" });
    return;
  }
  if (body.byteLength <= MAX_MESSAGE_BYTES && isEnvelope(body)) {
    await scope.queues[queue].send(body, { contentType: "bytes" });
    return;
  }
  // A body of this shape came from R2 and goes back there: queue messages are too small for it.
  await sendPointer(scope, logQueueOf(queue), isEnvelope(body) ? frameEnvelopes([body]) : body);
}

async function replayOne(scope: TenantScope, id: string, act: AuditEntry | undefined): Promise<void> {
  const row = await loadDeadLetter(scope, id);
  await sendAgain(scope, row.queue, row.contentType, await loadBody(scope, row));
  const mark = scope.db
    .update(deadLetters)
    .set({ replayedAt: scope.now() })
    .where(and(eq(deadLetters.tenantId, scope.tenantId), eq(deadLetters.id, id)));
  await (act === undefined ? mark : scope.db.batch([mark, auditIfChanged(scope, act)]));
}

/**
 * Sends a dead letter again, as it was: with its chunk ids, so that what had been stored is not stored twice.
 * @throws Log0Error not_found
 */
export async function replayDeadLetter(scope: TenantScope, id: string, actor: string): Promise<void> {
  await replayOne(scope, id, { actor, action: "dead-letters.replayed", target: `dead-letter:${id}` });
}

/**
 * Replays those of a queue (or of all) that wait; on record once, with the first of them.
 * @returns how many, and whether more wait
 */
export async function replayAll(
  scope: TenantScope,
  queue: QueueName | undefined,
  actor: string,
): Promise<{ replayed: number; more: boolean }> {
  const rows = await scope.db
    .select({ id: deadLetters.id })
    .from(deadLetters)
    .where(
      and(
        eq(deadLetters.tenantId, scope.tenantId),
        isNull(deadLetters.replayedAt),
        queue === undefined ? undefined : eq(deadLetters.queue, queue),
      ),
    )
    .orderBy(deadLetters.failedAt)
    .limit(REPLAY_BATCH + 1);
  const turn = rows.slice(0, REPLAY_BATCH);
  const act: AuditEntry = {
    actor,
    action: "dead-letters.replayed",
    target: "dead-letters",
    detail: { queue: queue ?? null, letters: turn.length },
  };
  for (const [index, { id }] of turn.entries()) await replayOne(scope, id, index === 0 ? act : undefined);
  return { replayed: turn.length, more: rows.length > REPLAY_BATCH };
}
