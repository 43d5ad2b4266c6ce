import type { Delivery } from "../../core/clusters/window.ts";
import type { Lease, LeaseRequest } from "../../core/limits/windows.ts";
import { decodeEnvelope } from "../../core/wire/envelope.ts";
import { ClusterWindow as PlainClusterWindow } from "../../durable-objects/cluster-window.ts";
import { Limits as PlainLimits } from "../../durable-objects/limits.ts";
import { LogStore as PlainLogStore } from "../../durable-objects/log-store.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import type { AppendResult } from "../../services/platform.ts";
import type { Env } from "../../workers/env.ts";
import worker from "../../workers/index.ts";
import { platformOf } from "../../workers/platform.ts";
import { counters, meterAnalytics, meterBatch, meterD1, meterQueue, meterR2, meterStorage } from "./meter.ts";

const metered = new WeakMap<Env, Env>();

/** The Worker itself, with a counter at every binding. */
function meterEnv(env: Env): Env {
  const known = metered.get(env);
  if (known !== undefined) return known;
  const wrapped: Env = {
    ...env,
    DB: meterD1(env.DB),
    BUCKET: meterR2(env.BUCKET),
    RAW_LOGS: meterQueue(env.RAW_LOGS),
    RAW_LOGS_BULK: meterQueue(env.RAW_LOGS_BULK),
    NORMALIZED_LOGS: meterQueue(env.NORMALIZED_LOGS),
    INCIDENT_EVENTS: meterQueue(env.INCIDENT_EVENTS),
    NOTIFICATION_EVENTS: meterQueue(env.NOTIFICATION_EVENTS),
    JOBS: meterQueue(env.JOBS),
    ...(env.METRICS === undefined ? {} : { METRICS: meterAnalytics(env.METRICS) }),
  };
  metered.set(env, wrapped);
  return wrapped;
}

export { LiveTail } from "../../durable-objects/live-tail.ts";

export class LogStore extends PlainLogStore {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, meterEnv(env));
  }

  override async append(tenantId: string, shard: number, envelopes: Uint8Array[]): Promise<AppendResult> {
    counters.durableObjectRequests++;
    const result = await super.append(tenantId, shard, envelopes);
    counters.appends++;
    if (result.repeated > 0) return result;
    for (const { section } of envelopes.flatMap((bytes) => decodeEnvelope(bytes).sections)) {
      counters.stored += section.count;
      counters.chunks++;
      counters.bytes += section.rawBytes;
    }
    return result;
  }

  override async alarm(): Promise<void> {
    counters.durableObjectRequests++;
    await super.alarm();
  }
}

export class ClusterWindow extends PlainClusterWindow {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, meterEnv(env));
  }

  override deliver(delivery: Delivery): number {
    counters.durableObjectRequests++;
    counters.windowDeliveries++;
    return super.deliver(delivery);
  }

  override async alarm(): Promise<void> {
    counters.durableObjectRequests++;
    await super.alarm();
  }
}

export class Limits extends PlainLimits {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, meterEnv(env));
  }

  override lease(request: LeaseRequest): Lease {
    counters.durableObjectRequests++;
    return super.lease(request);
  }

  override async leaseBytes(
    tenantId: string,
    request: Pick<LeaseRequest, "limit" | "want" | "atLeast">,
  ): Promise<Lease> {
    counters.durableObjectRequests++;
    return await super.leaseBytes(tenantId, request);
  }
}

async function hot(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const tenantId = url.searchParams.get("tenant") ?? "";
  const chunks: { chunkId: string; count: number; skipped: number }[] = [];
  const stub = env.LOG_STORE.getByName(`${tenantId}:${url.searchParams.get("shard") ?? "0"}`);
  for (const bytes of (await stub.hot(0, Number.MAX_SAFE_INTEGER)).envelopes) {
    for (const { section } of decodeEnvelope(bytes).sections) {
      chunks.push({ chunkId: section.chunkId, count: section.count, skipped: section.skipped?.length ?? 0 });
    }
  }
  return Response.json(chunks);
}

export default {
  async fetch(request, env, ctx) {
    if (request.url.endsWith("/__bench/counters")) return Response.json(counters);
    if (request.url.includes("/__bench/hot")) return await hot(request, env);
    if (request.url.endsWith("/__bench/merge")) {
      // A merge waits until nobody can have its inputs in a buffer; the bench cannot.
      const ahead = { ...platformOf(meterEnv(env)), now: () => Date.now() + 60 * 60_000 };
      return Response.json({ merges: await sweepMerges(ahead) });
    }
    counters.requests++;
    return await worker.fetch(request, meterEnv(env), ctx);
  },
  async queue(batch, env) {
    meterBatch(batch);
    await worker.queue(batch, meterEnv(env));
  },
  scheduled: (controller, env) => worker.scheduled(controller, meterEnv(env)),
} satisfies ExportedHandler<Env>;
