import { app } from "./app.ts";
import { consumeDeadLetterQueue } from "./consumers/dead-letter-queue.ts";
import { consumeIncidentEvents } from "./consumers/incident-events.ts";
import { consumeJobs } from "./consumers/jobs.ts";
import { consumeNormalizedLogs } from "./consumers/normalized-logs.ts";
import { consumeNotificationEvents } from "./consumers/notification-events.ts";
import { consumeRawLogs } from "./consumers/raw-logs.ts";
import type { Env } from "./env.ts";
import { platformOf } from "./platform.ts";
import { scheduled } from "./scheduled.ts";

export { ClusterWindow } from "../durable-objects/cluster-window.ts";
export { Limits } from "../durable-objects/limits.ts";
export { LiveTail } from "../durable-objects/live-tail.ts";
export { LogStore } from "../durable-objects/log-store.ts";

/** By the name of the queue. */
const CONSUMERS: Readonly<Record<string, (batch: MessageBatch, env: Env) => Promise<void>>> = {
  "raw-logs": (batch, env) => consumeRawLogs(batch, platformOf(env)),
  "raw-logs-bulk": (batch, env) => consumeRawLogs(batch, platformOf(env)),
  "normalized-logs": (batch, env) => consumeNormalizedLogs(batch, platformOf(env)),
  "incident-events": (batch, env) => consumeIncidentEvents(batch, platformOf(env)),
  "notification-events": (batch, env) => consumeNotificationEvents(batch, platformOf(env), env),
  jobs: (batch, env) => consumeJobs(batch, platformOf(env), env),
  "raw-logs-dlq": (batch, env) => consumeDeadLetterQueue(batch, platformOf(env)),
};

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  async queue(batch, env) {
    const consume = CONSUMERS[batch.queue];
    if (consume === undefined) throw new Error(`no consumer for the queue ${batch.queue}`);
    await consume(batch, env);
  },
  scheduled: (controller, env) => scheduled(controller.scheduledTime, platformOf(env), env),
} satisfies ExportedHandler<Env>;
