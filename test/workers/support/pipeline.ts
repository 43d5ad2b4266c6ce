import {
  createScheduledController,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { decodeEnvelope, type Envelope } from "../../../core/wire/envelope.ts";
import { QUEUES, type QueueName } from "../../../schema/contracts/dead-letter.ts";
import worker from "../../../workers/index.ts";
import { objects, windowCalls } from "./bindings.ts";
import { putBack, queued, type Sent, take } from "./queues.ts";
import type { Tenant } from "./tenant.ts";

/** What a consumer did with the messages of a batch. */
export interface Verdict {
  acked: string[];
  retried: { id: string; delaySeconds: number }[];
}

/** A batch as the platform would deliver it. vitest-plugin's own does not keep the delays of retries. */
function batchOf(queue: string, messages: readonly Sent[], verdict: Verdict): MessageBatch {
  return {
    queue,
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    messages: messages.map(({ id, attempts, body }) => ({
      id,
      attempts,
      // Each delivery is a copy: a consumer cannot leave marks on the message.
      body: structuredClone(body),
      timestamp: new Date(),
      ack: () => verdict.acked.push(id),
      retry: (options?: QueueRetryOptions) => verdict.retried.push({ id, delaySeconds: options?.delaySeconds ?? 0 }),
    })),
    ackAll: () => verdict.acked.push(...messages.map((message) => message.id)),
    retryAll: () => verdict.retried.push(...messages.map(({ id }) => ({ id, delaySeconds: 0 }))),
  };
}

/** Delivers messages to their queue's consumer: by default through the Worker's own handler. */
export async function deliver(
  queue: string,
  messages: readonly Sent[],
  consume: (batch: MessageBatch) => Promise<void> = (batch) => worker.queue(batch, env),
): Promise<Verdict> {
  const verdict: Verdict = { acked: [], retried: [] };
  await consume(batchOf(queue, messages, verdict));
  return verdict;
}

/** Delivers all of a tenant's messages in a queue once. What is retried waits for its next attempt. */
export async function step(queue: QueueName, tenant: Tenant): Promise<Verdict> {
  const messages = take(queue, tenant.id);
  const verdict = await deliver(queue, messages);
  const again = new Set(verdict.retried.map((message) => message.id));
  putBack(
    messages
      .filter((message) => again.has(message.id))
      .map((message) => ({ ...message, attempts: message.attempts + 1 })),
  );
  return verdict;
}

export function storeOf(tenant: Tenant, shard = 0) {
  return objects.stores.getByName(`${tenant.id}:${shard}`);
}

/** The window objects of a tenant that were called so far. */
export function windowsOf(tenant: Tenant) {
  return [...windowCalls.keys()]
    .filter((name) => name.startsWith(tenant.id))
    .map((name) => objects.windows.getByName(name));
}

export function callsOfWindows(tenant: Tenant): number {
  return [...windowCalls].reduce((sum, [name, calls]) => sum + (name.startsWith(tenant.id) ? calls : 0), 0);
}

/** Runs a store's alarm, whenever it was due. */
export function storeAlarm(tenant: Tenant, shard = 0): Promise<boolean> {
  return runDurableObjectAlarm(storeOf(tenant, shard));
}

export async function windowAlarms(tenant: Tenant): Promise<void> {
  for (const stub of windowsOf(tenant)) await runDurableObjectAlarm(stub);
}

/** The envelopes in a store's buffer, oldest first. */
export async function bufferOf(tenant: Tenant, shard = 0): Promise<Envelope[]> {
  const rows = await runInDurableObject(storeOf(tenant, shard), (_, { storage }) =>
    storage.sql.exec<{ envelope: ArrayBuffer }>("SELECT envelope FROM batches ORDER BY id").toArray(),
  );
  return rows.map((row) => decodeEnvelope(new Uint8Array(row.envelope)));
}

/** The object stops and begins anew from its storage: what only memory held is gone. */
export function restart(
  stub: ReturnType<typeof storeOf> | ReturnType<typeof objects.windows.getByName>,
): Promise<void> {
  return evictDurableObject(stub);
}

/** Far more than any message may be tried. */
const MAX_ROUNDS = 60;

/** Lets everything happen that is under way for a tenant: deliveries, retries, and the stores' alarms. */
export async function settle(tenant: Tenant, shards = 1): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const queue of QUEUES) if (queued(queue, tenant.id).length > 0) await step(queue, tenant);
    for (let shard = 0; shard < shards; shard++) await storeAlarm(tenant, shard);
    if (QUEUES.every((queue) => queued(queue, tenant.id).length === 0)) return;
  }
  throw new Error("the pipeline does not come to rest");
}

/** What comes before each queue. */
const BEFORE: Readonly<Record<QueueName, readonly QueueName[]>> = {
  "raw-logs": [],
  "raw-logs-bulk": [],
  "normalized-logs": ["raw-logs"],
  "incident-events": ["raw-logs", "normalized-logs"],
  "notification-events": ["raw-logs", "normalized-logs", "incident-events"],
  jobs: ["raw-logs", "normalized-logs", "incident-events"],
};

/** Moves a tenant's messages up to a queue, and takes those that wait in it. */
export async function messagesAt(queue: QueueName, tenant: Tenant): Promise<Sent[]> {
  for (const earlier of BEFORE[queue]) {
    // One message a batch: so the next queue gets several messages, not one that holds all.
    for (const message of take(earlier, tenant.id)) await deliver(earlier, [message]);
    if (earlier === "normalized-logs") await storeAlarm(tenant);
  }
  return take(queue, tenant.id);
}

/** Tries a message again and again, as the platform would, until it is acked. @returns the delays, in seconds */
export async function exhaust(queue: QueueName, message: Sent): Promise<{ attempts: number; delays: number[] }> {
  const delays: number[] = [];
  for (let attempts = 1; attempts < MAX_ROUNDS; attempts++) {
    const verdict = await deliver(queue, [{ ...message, attempts }]);
    if (verdict.acked.length > 0) return { attempts, delays };
    delays.push(...verdict.retried.map((retried) => retried.delaySeconds));
  }
  throw new Error("the message is never acked");
}

/** Runs the cron. */
export async function sweep(): Promise<void> {
  await worker.scheduled(createScheduledController({ scheduledTime: Date.now() }), env);
}
