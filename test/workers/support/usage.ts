import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { type Counts, PUSH_INTERVAL_MS, UsageState } from "../../../core/usage/counter.ts";
import { unpackJson } from "../../../core/wire/compression.ts";
import { advance } from "./clock.ts";
import { ask } from "./http.ts";
import type { TestEvent } from "./logs.ts";
import { settle, storeAlarm, storeOf } from "./pipeline.ts";
import type { Tenant } from "./tenant.ts";

/** Lets the stores write what they have counted. */
export async function pushUsage(tenant: Tenant, shards = 1): Promise<void> {
  await settle(tenant, shards);
  advance(PUSH_INTERVAL_MS);
  for (let shard = 0; shard < shards; shard++) await storeAlarm(tenant, shard);
}

export interface UsageRow extends Counts {
  day: string;
  sourceId: string;
  shard: number;
}

/** A tenant's rows of `usage_days`. */
export async function usageRows(tenant: Tenant): Promise<UsageRow[]> {
  const { results } = await env.DB.prepare(
    `SELECT day, source_id AS sourceId, shard, events, bytes, chunks, requests FROM usage_days
     WHERE tenant_id = ? ORDER BY day, source_id, shard`,
  )
    .bind(tenant.id)
    .all<UsageRow>();
  return results;
}

/** The only one of them. */
export async function onlyUsage(tenant: Tenant): Promise<UsageRow> {
  const [row, ...others] = await usageRows(tenant);
  if (row === undefined || others.length > 0)
    throw new Error(`${others.length + (row === undefined ? 0 : 1)} rows of usage`);
  return row;
}

/** What a store would begin with again, without the rows after its cursor. */
export async function persistedUsage(tenant: Tenant): Promise<UsageState> {
  const kept = await runInDurableObject(storeOf(tenant), (_, { storage }) => storage.kv.get<Uint8Array>("drain"));
  if (kept === undefined) throw new Error("nothing is persisted");
  return z.object({ usage: UsageState }).parse(unpackJson(kept)).usage;
}

/** Bytes that usage counts for logs that were sent with the service name of `accepted`. */
export function bytesOf(logs: readonly Pick<TestEvent, "message" | "level">[]): number {
  const service = "checkout";
  const environment = "production";
  return logs.reduce(
    (sum, { message, level }) => sum + message.length + level.length + service.length + environment.length + 100,
    0,
  );
}

const count = z.int().min(0);
const Counted = z.object({ events: count, bytes: count, chunks: count, requests: count });
const Line = z.object({ unit: z.string(), count: z.number(), price: z.number(), usd: z.number() });
const Cost = z.object({ lines: z.array(Line), usd: z.number() });

const Usage = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  rows: z.array(
    Counted.extend({
      day: z.iso.date().optional(),
      sourceId: z.string().optional(),
      name: z.string().nullable().optional(),
      deleted: z.boolean().optional(),
    }),
  ),
  total: Counted,
  plan: z.strictObject({
    plan: z.string(),
    month: z.string(),
    limitBytes: count,
    usedBytes: count,
    percent: z.number(),
    resetsAt: z.iso.datetime(),
    sources: z.object({ used: count, limit: count }),
    retentionDays: count,
  }),
  stored: z.strictObject({ bytes: count, rawBytes: count, logs: count, segments: count }),
  estimatedCost: Cost.extend({
    currency: z.literal("USD"),
    note: z.string(),
    sources: z.array(Cost.extend({ sourceId: z.string(), name: z.string().nullable(), deleted: z.boolean() })),
  }),
});

/** `GET /api/v1/usage` */
export function askUsage(tenant: Pick<Tenant, "key">, query = "") {
  return ask(tenant, Usage, `/api/v1/usage?${query}`);
}
