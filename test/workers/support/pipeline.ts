import { createExecutionContext, evictDurableObject, runDurableObjectAlarm, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { QUEUES } from "../../../schema/contracts/dead-letter.ts";
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

/** Delivers messages to their queue's consumer, through the Worker's own handler. */
export async function deliver(queue: string, messages: readonly Sent[]): Promise<Verdict> {
  const verdict: Verdict = { acked: [], retried: [] };
  const context = createExecutionContext();
  await worker.queue(batchOf(queue, messages, verdict), env);
  await waitOnExecutionContext(context);
  return verdict;
}

/** Delivers all of a tenant's messages in a queue once. What is retried waits for its next attempt. */
export async function step(queue: (typeof QUEUES)[number], tenant: Tenant): Promise<Verdict> {
  const messages = take(queue, tenant.id);
  const verdict = await deliver(queue, messages);
  const again = new Set(verdict.retried.map((message) => message.id));
  putBack(
    messages.filter((message) => again.has(message.id)).map((message) => ({ ...message, attempts: message.attempts + 1 })),
  );
  return verdict;
}

export function storeOf(tenant: Tenant, shard = 0) {
  return objects.stores.getByName(`${tenant.id}:${shard}`);
}

/** The window objects of a tenant that were called so far. */
export function windowsOf(tenant: Tenant) {
  return [...windowCalls.keys()].filter((name) => name.startsWith(tenant.id)).map((name) => objects.windows.getByName(name));
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

/** The object stops and begins anew from its storage: what only memory held is gone. */
export function restart(stub: ReturnType<typeof storeOf> | ReturnType<typeof objects.windows.getByName>): Promise<void> {
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
