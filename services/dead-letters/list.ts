import { and, desc, eq, isNull, lt, or } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { Log0Error } from "../../core/errors.ts";
import { decodeEnvelope } from "../../core/wire/envelope.ts";
import type { DlqEvent, QueueName } from "../../schema/contracts/dead-letter.ts";
import { deadLetters } from "../../schema/tables/messaging.ts";
import type { TenantScope } from "../platform.ts";

type Row = typeof deadLetters.$inferSelect;

/** A dead letter as the API shows it. Times are Unix ms. */
function shown(row: Row) {
  const { tenantId: _tenant, bodyKey: _key, ...rest } = row;
  return rest;
}

export interface DeadLetterQuery {
  limit: number;
  cursor?: Cursor | undefined;
  queue?: QueueName | undefined;
  /** Those that were replayed are left out unless asked for. */
  includeReplayed: boolean;
}

/** The tenant's dead letters, newest first. */
export async function listDeadLetters(scope: TenantScope, query: DeadLetterQuery) {
  const { cursor } = query;
  const rows = await scope.db
    .select()
    .from(deadLetters)
    .where(
      and(
        eq(deadLetters.tenantId, scope.tenantId),
        query.queue === undefined ? undefined : eq(deadLetters.queue, query.queue),
        query.includeReplayed ? undefined : isNull(deadLetters.replayedAt),
        cursor === undefined
          ? undefined
          : or(
              lt(deadLetters.failedAt, cursor.at),
              and(eq(deadLetters.failedAt, cursor.at), lt(deadLetters.id, cursor.id)),
            ),
      ),
    )
    .orderBy(desc(deadLetters.failedAt), desc(deadLetters.id))
    .limit(query.limit + 1);
  return pageOf(rows.map(shown), query.limit, (row) => ({ at: row.failedAt, id: row.id }));
}

/** @throws Log0Error not_found */
export async function loadDeadLetter(scope: TenantScope, id: string): Promise<Row> {
  const row = await scope.db
    .select()
    .from(deadLetters)
    .where(and(eq(deadLetters.tenantId, scope.tenantId), eq(deadLetters.id, id)))
    .get();
  if (row === undefined) throw new Log0Error("not_found", "no such dead letter");
  return row;
}

/** @throws Log0Error not_found when the body is gone */
export async function loadBody(scope: TenantScope, row: Row): Promise<Uint8Array> {
  const object = await scope.bucket.get(row.bodyKey);
  if (object === null) throw new Log0Error("not_found", "the dead letter's body is gone");
  return new Uint8Array(await object.arrayBuffer());
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function originalEvent(row: Row, body: Uint8Array): unknown {
  if (row.contentType === "bytes") return base64(body);
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return new TextDecoder().decode(body);
  }
}

function chunksOf(row: Row, body: Uint8Array): string[] {
  if (row.contentType !== "bytes") return [];
  try {
    return decodeEnvelope(body).sections.map(({ section }) => section.chunkId);
  } catch {
    return [];
  }
}

/** One dead letter with its body, as the DlqEvent contract has it. */
export async function getDeadLetter(scope: TenantScope, id: string) {
  const row = await loadDeadLetter(scope, id);
  const body = await loadBody(scope, row);
  const event: DlqEvent = {
    originalEvent: originalEvent(row, body),
    errorMessage: row.errorMessage,
    failedAt: row.stage,
    failedAtTs: new Date(row.failedAt).toISOString(),
  };
  return { ...shown(row), chunkIds: chunksOf(row, body), event };
}
