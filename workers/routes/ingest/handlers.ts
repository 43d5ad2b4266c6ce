import type { Context } from "hono";
import { Log0Error } from "../../../core/errors.ts";
import { eventIdOf, newChunkId } from "../../../core/ids.ts";
import { chunkEvents, chunkIds, dropRepeats } from "../../../core/ingest/chunks.ts";
import { type BodyFormat, formatOf, parseBody } from "../../../core/ingest/parse-body.ts";
import type { ParsedEvent } from "../../../core/ingest/parse-event.ts";
import { LIMITS } from "../../../schema/contracts/limits.ts";
import { publishAtomically } from "../../../services/logs/publish-sections.ts";
import type { SendingSource } from "../../../services/tenants/principal.ts";
import { sendTogether, shardFor } from "../../coalescer.ts";
import type { AppEnv } from "../../context.ts";
import { chooseLane, takeBytes } from "../../limits/bytes.ts";
import { checkRate } from "../../rate-limit.ts";
import { readBody } from "./read-body.ts";

/** Idempotency keys are the client's to choose, within reason. */
const MAX_IDEMPOTENCY_KEY = 255;

function header(c: Context<AppEnv>, name: string): string | undefined {
  const value = c.req.header(name)?.trim();
  if (value === undefined || value === "") return undefined;
  if (value.length > LIMITS.nameCharacters) {
    throw new Log0Error("name_too_long", `${name} has more than ${LIMITS.nameCharacters} characters`);
  }
  return value;
}

export function idempotencyKey(c: Context<AppEnv>): string | undefined {
  const key = c.req.header("idempotency-key")?.trim();
  if (key === undefined || key === "") return undefined;
  if (key.length <= MAX_IDEMPOTENCY_KEY) return key;
  throw new Log0Error("invalid_idempotency_key", `Idempotency-Key has more than ${MAX_IDEMPOTENCY_KEY} characters`);
}

/** Queues the events, whole or not at all. @returns the ids of the first ones */
async function enqueue(
  c: Context<AppEnv>,
  source: SendingSource,
  events: readonly ParsedEvent[],
  receivedAt: number,
): Promise<string[]> {
  const { scope } = c.var;
  const key = idempotencyKey(c);
  const chunks = chunkEvents(events);
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  await takeBytes(c, bytes);
  const lane = await chooseLane(c, bytes);
  if (key === undefined && chunks.length === 1) {
    const keepAlive = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    const { chunkId, firstIndex } = await sendTogether(scope, source, events, receivedAt, lane, keepAlive);
    return events.slice(0, LIMITS.eventIdsInResponse).map((_, index) => eventIdOf(chunkId, firstIndex + index));
  }
  const ids = chunkIds(chunks.length, source, key, () => newChunkId(receivedAt, scope.random(10)));
  const sections = chunks.map((chunk, index) => chunk.build(ids[index] ?? "", receivedAt, source));
  await publishAtomically(scope, shardFor(ids[0] ?? "", source), sections, lane);
  const eventIds: string[] = [];
  for (const [position, chunk] of chunks.entries()) {
    for (let index = 0; index < chunk.events.length && eventIds.length < LIMITS.eventIdsInResponse; index++) {
      eventIds.push(eventIdOf(ids[position] ?? "", index));
    }
  }
  return eventIds;
}

/** @throws Log0Error unavailable while a store of the tenant is full */
function checkRoom(blockedUntil: number, now: number): void {
  if (blockedUntil <= now) return;
  throw new Log0Error("unavailable", "the tenant's log store is full for the moment; nothing was kept, send it again", {
    permanent: false,
    retryAfter: Math.ceil((blockedUntil - now) / 1000),
  });
}

/** Accepts a request's logs. 202 says that the queue has them, all that are not named as rejected. */
async function accept(c: Context<AppEnv>, format: BodyFormat): Promise<Response> {
  const receivedAt = c.var.platform.now();
  const { source, credential, blockedUntil } = c.var.principal;
  // Nobody has the permission without a source (services/tenants/authenticate.ts).
  if (source === undefined) throw new Log0Error("forbidden", "this API key sends for no source");
  checkRoom(blockedUntil, receivedAt);
  await checkRate(c.env.INGEST_RATE, credential, receivedAt);
  const body = parseBody(await readBody(c.req.raw), format, {
    serviceName: header(c, "x-service-name"),
    environment: header(c, "x-environment") ?? source.environment,
    receivedAt,
  });
  const { events, duplicates } = dropRepeats(body.events, source);
  const eventIds = events.length === 0 ? [] : await enqueue(c, source, events, receivedAt);
  return c.json(
    {
      received: events.length,
      rejected: body.rejected.slice(0, LIMITS.rejectionsInResponse),
      rejectedCount: body.rejected.length,
      adjusted: body.adjusted.slice(0, LIMITS.rejectionsInResponse).map(({ index, message }) => ({ index, message })),
      duplicates_skipped: duplicates,
      eventIds,
    },
    202,
  );
}

/** `POST /logs` and `/ingest`: JSON, NDJSON or text, by Content-Type, or by the source's hint. */
export function acceptLogs(c: Context<AppEnv>): Promise<Response> {
  return accept(c, formatOf(c.req.header("content-type") ?? null, c.var.principal.source?.parserHint));
}

/** `POST /logs/stream`: NDJSON or text. */
export function acceptStream(c: Context<AppEnv>): Promise<Response> {
  const format = formatOf(c.req.header("content-type") ?? null, c.var.principal.source?.parserHint);
  return accept(c, format === "json" ? "ndjson" : format);
}
