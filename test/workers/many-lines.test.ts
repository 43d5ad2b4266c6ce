import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { newChunkId } from "../../core/ids.ts";
import { ChunkBuilder, rawSize } from "../../core/ingest/chunks.ts";
import { publishAtomically } from "../../services/logs/publish-sections.ts";
import { advance, stopClock } from "./support/clock.ts";
import { incidentsOf } from "./support/http.ts";
import { bufferOf, callsOfWindows, deliver, settle, storeAlarm } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const LINES = 181_998;
const CHUNK = 4_000;

const TEMPLATES: readonly ((n: number) => string)[] = [
  (n) => `Connection timeout to payment-gateway after ${n}ms`,
  (n) => `Failed to charge card of customer ${n}: issuer declined`,
  (n) => `Deadlock found when trying to get lock on row ${n}`,
  (n) => `Could not resolve host 10.0.${n % 256}.${(n * 7) % 256}`,
  (n) => `Cache miss storm: ${n} keys evicted`,
  (n) => `Queue consumer lag is ${n} messages`,
  (n) => `TLS handshake with peer ${n} failed`,
  (n) => `Worker process ${n} exited unexpectedly`,
  (n) => `Disk quota exceeded by ${n} bytes`,
  (n) => `Circuit breaker opened after ${n} failures`,
];

/** Puts a chunk of lines into the raw queue, as the ingest would. */
async function publish(tenant: Tenant, from: number, to: number): Promise<void> {
  const chunk = new ChunkBuilder();
  const now = Date.now();
  for (let n = from; n < to; n++) {
    const message = TEMPLATES[n % TEMPLATES.length]?.(n) ?? "";
    const event = {
      serviceName: "payments",
      environment: "production",
      level: "ERROR",
      message,
      timestamp: now - (n % 20_000),
    };
    chunk.add({ event }, rawSize({ event }));
  }
  const source = { tenantId: tenant.id, sourceId: "bulk", dedup: "none" } as const;
  await publishAtomically(tenant.scope, 0, [chunk.build(newChunkId(now, tenant.scope.random(10)), now, source)]);
}

/** Lines that the store holds, in its buffer and in segments. */
async function storedLines(tenant: Tenant): Promise<number> {
  const segments = env.DB.prepare("SELECT coalesce(sum(rows), 0) AS rows FROM segments WHERE tenant_id = ?");
  const flushed = Number(await segments.bind(tenant.id).first("rows"));
  const sections = (await bufferOf(tenant)).flatMap((envelope) => envelope.sections);
  return sections.reduce((sum, { section }) => sum + section.count, flushed);
}

test("181,998 lines of 10 templates are stored once each, and become 10 incidents", async () => {
  const tenant = await createTenant();
  for (let from = 0; from < LINES; from += CHUNK) {
    await publish(tenant, from, Math.min(LINES, from + CHUNK));
    const raw = take("raw-logs", tenant.id);
    expect((await deliver("raw-logs", raw)).acked).toHaveLength(raw.length);
    const normalized = take("normalized-logs", tenant.id);
    // Every message comes twice, as it may.
    await deliver("normalized-logs", [...normalized, ...normalized]);
    await storeAlarm(tenant);
  }
  await settle(tenant);
  advance(31_000);
  await storeAlarm(tenant);
  await settle(tenant);

  expect(await storedLines(tenant)).toBe(LINES);
  const incidents = await incidentsOf(tenant);
  expect(incidents).toHaveLength(TEMPLATES.length);
  expect(incidents.reduce((sum, incident) => sum + incident.occurrenceCount, 0)).toBe(LINES);
  expect(new Set(incidents.map((incident) => incident.messageTemplate)).size).toBe(TEMPLATES.length);
  const posts = (await slackCalls(tenant)).filter((call) => call.method === "chat.postMessage");
  // Five alone, and one that all further ones of the flood share.
  expect(posts).toHaveLength(6);
  // One call a fingerprint and drain, not one a line.
  expect(callsOfWindows(tenant)).toBeLessThan(1_000);
});
