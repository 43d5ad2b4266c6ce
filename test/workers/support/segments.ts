import "./bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect } from "vitest";
import { readSegment } from "../../../core/logs/segment/index.ts";
import { segments } from "../../../schema/tables/logs.ts";
import { collectGarbage } from "../../../services/logs/collect-garbage.ts";
import { retainSegments } from "../../../services/logs/retain-segments.ts";
import { segmentFile } from "../../../services/logs/scan-logs.ts";
import type { Segment } from "../../../services/logs/segments.ts";
import { sweepMerges } from "../../../services/logs/sweep-merges.ts";
import { sweepOrphans } from "../../../services/logs/sweep-orphans.ts";
import { sweepOutbox } from "../../../services/outbox/send.ts";
import { platformOf } from "../../../workers/platform.ts";
import { advance, setClock } from "./clock.ts";
import { guarded } from "./faults.ts";
import { accepted, deadLettersOf, type Log, logPage } from "./http.ts";
import { events } from "./logs.ts";
import { settle, step, storeAlarm } from "./pipeline.ts";
import { queued } from "./queues.ts";
import { createTenant, type Tenant } from "./tenant.ts";

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/*
 * What bindings.ts lets through: multipart uploads, deletions, lists. They fail as "bucket.put", by subjects such as
 * "part 1 of logs/…", "complete logs/…", "delete logs/…" and "list logs/".
 */
const inner = env.BUCKET;
let beforeRead: (() => Promise<void>) | undefined;

/** Does something in the middle of whatever reads a segment next. */
export function interrupt(work: () => Promise<void>): void {
  beforeRead = work;
}

function guardUpload(upload: R2MultipartUpload): R2MultipartUpload {
  const { key, uploadId } = upload;
  return {
    key,
    uploadId,
    uploadPart: (number, value) =>
      guarded("bucket.put", `part ${number} of ${key}`, () => upload.uploadPart(number, value)),
    complete: (parts) => guarded("bucket.put", `complete ${key}`, () => upload.complete(parts)),
    abort: () => upload.abort(),
  };
}

const replaced: Readonly<Record<string, unknown>> = {
  async get(key: string, options?: R2GetOptions) {
    const work = key.startsWith("logs/") ? beforeRead : undefined;
    if (work !== undefined) {
      beforeRead = undefined;
      await work();
    }
    return await inner.get(key, options);
  },
  createMultipartUpload: (key: string) =>
    guarded("bucket.put", `begin ${key}`, async () => guardUpload(await inner.createMultipartUpload(key))),
  delete: (keys: string[]) => guarded("bucket.put", `delete ${String(keys)}`, () => inner.delete(keys)),
  list: (options?: R2ListOptions) => guarded("bucket.put", `list ${options?.prefix}`, () => inner.list(options)),
};

Object.assign(env, {
  BUCKET: new Proxy(inner, { get: (bucket, name) => replaced[String(name)] ?? Reflect.get(bucket, name) }),
});

export const platform = () => platformOf(env);

/** One o'clock in the morning of the next day, UTC. */
export function nextMorning(): void {
  setClock(Math.ceil((Date.now() + 1) / DAY_MS) * DAY_MS + HOUR_MS);
}

/** Sends logs, and flushes them an hour later: one segment. */
export async function flush(tenant: Tenant, body: unknown = events(10)): Promise<void> {
  await accepted(tenant.key, body);
  await settle(tenant);
  advance(61 * 60 * 1000);
  await storeAlarm(tenant);
}

/** Segments of ten logs each, all of one day. The last of them may still be repeated by its store. */
export async function flushes(tenant: Tenant, count: number): Promise<void> {
  nextMorning();
  for (let n = 0; n < count; n++) {
    const more = {
      traceId: `t${n}`,
      trace: `Error: ${n}\n at é😀 (/a.js:1:1)`,
      attributes: { n, deep: { a: [1, null] } },
    };
    await flush(tenant, [
      ...events(5, { message: `batch ${"abcdefgh"[n]} took`, ...more }),
      ...events(5, { message: "all of them took", level: "INFO" }),
    ]);
  }
}

const QUERY = "SELECT * FROM segments WHERE tenant_id = ? ORDER BY id";

/** The index rows of a tenant, oldest first. */
export async function indexOf(tenant: Tenant): Promise<{ id: string; rows: number; key: string; created: number }[]> {
  const { results } = await env.DB.prepare(QUERY)
    .bind(tenant.id)
    .all<{ id: string; rows: number; object_key: string; created_at: number }>();
  return results.map((row) => ({ id: row.id, rows: row.rows, key: row.object_key, created: row.created_at }));
}

/** The same, in full. */
export function segmentsIn(tenant: Tenant): Promise<Segment[]> {
  return tenant.scope.db.select().from(segments).where(eq(segments.tenantId, tenant.id)).all();
}

/** All rows that lie in a tenant's segments, in every field, by event. */
export async function rowsIn(tenant: Tenant, listed: readonly Parameters<typeof segmentFile>[1][]) {
  const rows = new Map<string, unknown>();
  for (const segment of listed) {
    for await (const row of readSegment(segmentFile(tenant.scope, segment))) {
      const id = `${row.chunkId}/${row.index}`;
      if (rows.has(id)) throw new Error(`${id} is there twice`);
      rows.set(id, row);
    }
  }
  return rows;
}

export async function objectsOf(tenant: Tenant): Promise<string[]> {
  const { objects } = await inner.list({ prefix: `logs/${tenant.id}/` });
  return objects.map((object) => object.key).sort();
}

/** All logs that a tenant still has, through every page, each once. A search may look 90 days back. */
export async function allLogs(tenant: Tenant): Promise<Log[]> {
  const logs: Log[] = [];
  const range = `limit=17&from=${Date.now() - 89 * DAY_MS}`;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await logPage(tenant, cursor === "" ? range : `${range}&cursor=${cursor}`);
    logs.push(...page.logs);
    cursor = page.nextCursor;
  }
  if (new Set(logs.map((log) => log.eventId)).size !== logs.length) throw new Error("a log is there twice");
  return logs;
}

/** What the cron and the queue do until nothing is left to do: merges included, garbage not yet. */
export async function work(tenant: Tenant): Promise<void> {
  for (let round = 0; round < 8; round++) {
    advance(31_000);
    await sweepOutbox(platform());
    while (queued("jobs", tenant.id).length > 0) await step("jobs", tenant);
    await sweepMerges(platform());
  }
}

/** Runs every sweep over two days, so that all garbage and every orphan is gone. */
export async function sweepAll(): Promise<void> {
  for (let n = 0; n < 2; n++) {
    await retainSegments(platform());
    await sweepOrphans(platform());
    advance(61 * 60 * 1000);
    await collectGarbage(platform());
  }
}

export async function garbageOf(tenant: Tenant): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT object_key FROM segment_garbage WHERE tenant_id = ? ORDER BY 1")
    .bind(tenant.id)
    .all<{ object_key: string }>();
  return results.map((row) => row.object_key);
}

/** Five segments of one day, of which the first four can be merged. */
export async function mergeable(): Promise<Tenant> {
  const tenant = await createTenant();
  await flushes(tenant, 5);
  advance(11 * 60 * 1000);
  return tenant;
}

export async function planned(): Promise<Tenant> {
  const tenant = await mergeable();
  await sweepMerges(platform());
  expect(queued("jobs", tenant.id)).toHaveLength(1);
  return tenant;
}

/** The merge is done, nothing is under way, and once the garbage is gone the bucket has what the index names. */
export async function expectMerged(tenant: Tenant, before: Awaited<ReturnType<typeof allLogs>>): Promise<void> {
  expect((await indexOf(tenant)).map((segment) => segment.rows).sort()).toEqual([10, 40]);
  expect(await allLogs(tenant)).toEqual(before);
  await sweepAll();
  expect(await garbageOf(tenant)).toEqual([]);
  expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key).sort());
  expect(await allLogs(tenant)).toEqual(before);
  expect(await deadLettersOf(tenant)).toEqual([]);
}
