import "./support/bindings.ts";
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { sweepOutbox } from "../../services/outbox/send.ts";
import { scopeTo } from "../../services/platform.ts";
import { authorizeUrl } from "../../services/slack/oauth.ts";
import { tenantState } from "../../services/tenants/tenant-state.ts";
import { consumeEach } from "../../workers/consumers/consume.ts";
import { platformOf } from "../../workers/platform.ts";
import { advance, stopClock } from "./support/clock.ts";
import { deleted, everythingOf, nothingOf, request, sweepToTheEnd } from "./support/deletion.ts";
import { fail, repair } from "./support/faults.ts";
import { burst, CACHES_MS } from "./support/grouping.ts";
import { accepted, call, deadLettersOf, storedLogs } from "./support/http.ts";
import { events, noise } from "./support/logs.ts";
import { deliver, messagesAt, restart, storeOf } from "./support/pipeline.ts";
import { queued, type Sent, take } from "./support/queues.ts";
import { click, slackCalls } from "./support/slack.ts";
import { clickOf, scene } from "./support/slack-scene.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const QUEUES: QueueName[] = ["raw-logs", "normalized-logs", "incident-events", "notification-events", "jobs"];

/** A tenant's messages on their way through a queue. */
async function inFlight(queue: QueueName): Promise<{ tenant: Tenant; messages: Sent[] }> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  const messages = await messagesAt(queue, tenant);
  expect(messages).not.toEqual([]);
  for (const other of QUEUES) take(other, tenant.id);
  return { tenant, messages };
}

/** Nothing was sent on, nothing was kept. */
async function expectNothing(tenant: Tenant): Promise<void> {
  for (const queue of QUEUES) expect(queued(queue, tenant.id)).toEqual([]);
  const left = await everythingOf(tenant);
  expect(left.rows.dead_letters).toEqual([]);
  expect(left.objects.filter(([key]) => String(key).startsWith("dead-letters/"))).toEqual([]);
}

describe("a message that comes after its tenant", () => {
  test.each(QUEUES)("in %s is dropped, while it is being deleted and when it is gone", async (queue) => {
    const { tenant, messages } = await inFlight(queue);
    await request(tenant);
    advance(CACHES_MS);
    const shown = (await slackCalls(tenant)).length;
    const verdict = { acked: messages.map(({ id }) => id), retried: [] };
    expect(await deliver(queue, messages)).toEqual(verdict);
    await expectNothing(tenant);

    await sweepToTheEnd(tenant);
    advance(CACHES_MS);
    expect(await deliver(queue, messages)).toEqual(verdict);
    expect(nothingOf(await everythingOf(tenant))).toBe(true);
    expect((await slackCalls(tenant)).length).toBe(shown);
  });

  test.each(QUEUES)("from %s in the native dead-letter queue is dropped", async (queue) => {
    const { tenant, messages } = await inFlight(queue);
    await deleted(tenant);
    const dead = messages.map((message) => ({ ...message, queue: "raw-logs-dlq" }));
    expect((await deliver("raw-logs-dlq", dead)).acked).toHaveLength(dead.length);
    expect(nothingOf(await everythingOf(tenant))).toBe(true);
  });

  test("and only points at what was spooled is dropped, though that is gone", async () => {
    const tenant = await createTenant();
    await accepted(
      tenant.key,
      Array.from({ length: 90 }, () => ({ message: noise(9_900) })),
    );
    const messages = take("raw-logs", tenant.id);
    expect(messages.map(({ body }) => body)).toMatchObject([{ type: "ENVELOPE_POINTER" }]);
    await deleted(tenant);
    expect((await deliver("raw-logs", messages)).acked).toHaveLength(1);
    expect(nothingOf(await everythingOf(tenant))).toBe(true);
  });

  test("leaves its neighbours in the batch alone", async () => {
    const { tenant, messages } = await inFlight("normalized-logs");
    const { tenant: neighbour, messages: theirs } = await inFlight("normalized-logs");
    await deleted(tenant);
    await deliver("normalized-logs", [...messages, ...theirs]);
    expect(await storeOf(tenant).held()).toBe(0);
    expect((await storedLogs(neighbour, `from=${Date.now() - 30 * 60 * 60_000}`)).length).toBe(12);
  });

  test("that fails because its tenant goes meanwhile becomes no dead letter", async () => {
    const { tenant, messages } = await inFlight("jobs");
    const spec = { queue: "jobs", stage: "job-service", attempts: 1 } as const;
    const consume = (batch: MessageBatch) =>
      consumeEach(batch, platformOf(env), spec, async () => {
        await request(tenant);
        advance(CACHES_MS);
        throw new Error("the incident is not there any more");
      });
    expect((await deliver("jobs", messages, consume)).acked).toHaveLength(messages.length);
    await expectNothing(tenant);
  });

  test("of a tenant that never was becomes a dead letter, as ever", async () => {
    const { tenant, messages } = await inFlight("raw-logs");
    const [message] = messages;
    if (message === undefined) throw new Error("no message");
    await env.DB.prepare("DELETE FROM tenants WHERE id = ?").bind(tenant.id).run();
    advance(CACHES_MS);
    await deliver("raw-logs", [{ ...message, attempts: 9 }]);
    const { rows } = await everythingOf(tenant);
    expect(rows.dead_letters).toMatchObject([{ tenant_id: tenant.id, error_code: "not_found" }]);
  });
});

describe("who knocks without a key", () => {
  test("by a click in Slack is refused, and leaves no trace", async () => {
    const one = await scene();
    await request(one.tenant);
    expect((await click(clickOf(one))).status).toBe(401);
    await sweepToTheEnd(one.tenant);
    expect((await click(clickOf(one))).status).toBe(401);
    expect(nothingOf(await everythingOf(one.tenant))).toBe(true);
  });

  test("with a state of Slack's consent page is refused, and leaves no trace", async () => {
    const tenant = await createTenant();
    Object.assign(env, { SLACK_CLIENT_ID: "client", SLACK_CLIENT_SECRET: "secret" });
    const app = { apiUrl: env.SLACK_API_URL, clientId: "client", redirectUri: "http://log0.test" };
    const url = await authorizeUrl(tenant.scope, app, { actor: "operator", sessionId: null });
    const state = encodeURIComponent(new URL(url).searchParams.get("state") ?? "");
    await request(tenant);
    advance(CACHES_MS);
    const response = await call(`/api/v1/slack/oauth/callback?code=c&state=${state}`);
    expect(response.status).toBe(401);
    expect((await everythingOf(tenant)).rows.slack_requests).toEqual([]);
    Object.assign(env, { SLACK_CLIENT_ID: undefined, SLACK_CLIENT_SECRET: undefined });
  });
});

describe("what would go out by itself", () => {
  test("an outbox row of a deleted tenant is not sent", async () => {
    const tenant = await createTenant();
    fail("queue", "notification-events");
    await burst(tenant, "line of", 12).catch(() => undefined);
    repair();
    for (const queue of QUEUES) take(queue, tenant.id);
    expect((await everythingOf(tenant)).rows.outbox).not.toEqual([]);
    await request(tenant);
    advance(CACHES_MS * 2);
    await sweepOutbox(platformOf(env));
    for (const queue of QUEUES) expect(queued(queue, tenant.id)).toEqual([]);
  });

  test("a store that is being deleted rests: it tells nobody and writes no segment", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    for (const message of await messagesAt("normalized-logs", tenant)) await deliver("normalized-logs", [message]);
    await request(tenant);
    advance(61 * 60_000);
    await restart(storeOf(tenant));
    await runDurableObjectAlarm(storeOf(tenant));
    const { windows, objects } = await everythingOf(tenant);
    expect(windows).toEqual([]);
    expect(objects).toEqual([]);
  });
});

/** Does some work while the table of tenants cannot be read. */
async function withoutTenants(work: () => Promise<unknown>) {
  const fault = fail("db", 'from "tenants"');
  await work();
  repair();
  return fault;
}

describe("while D1 does not answer", () => {
  test("a tenant that was seen in the last hour is believed to be as it was, another is not", async () => {
    const [known, unknown] = [await createTenant(), await createTenant()];
    const stateOf = ({ id }: Tenant) => tenantState(scopeTo(platformOf(env), id));
    expect(await stateOf(known)).toBe("active");
    advance(CACHES_MS);
    fail("db", "");
    expect(await stateOf(known)).toBe("active");
    await expect(stateOf(unknown)).rejects.toThrow();
    advance(61 * 60_000);
    await expect(stateOf(known)).rejects.toThrow();
    repair();
    expect(await stateOf(known)).toBe("active");
    expect(await stateOf({ ...known, id: scopeTo(platformOf(env), crypto.randomUUID()).tenantId })).toBe("unknown");
  });

  test("a message that comes after the proof keeps nothing, not at its last attempt either", async () => {
    const { tenant, messages } = await inFlight("normalized-logs");
    await deleted(tenant);
    advance(61 * 60_000);
    fail("db", "");
    const verdict = await deliver(
      "normalized-logs",
      messages.map((message) => ({ ...message, attempts: 9 })),
    );
    expect(verdict.retried).toHaveLength(messages.length);
    repair();
    expect(nothingOf(await everythingOf(tenant))).toBe(true);
  });

  test("a batch asks once, and not again for each of its messages", async () => {
    const { tenant, messages } = await inFlight("normalized-logs");
    const [message] = messages;
    if (message === undefined) throw new Error("no message");
    advance(CACHES_MS);
    const { tripped } = await withoutTenants(() =>
      deliver(
        "normalized-logs",
        Array.from({ length: 25 }, (_, n) => ({ ...message, id: `${message.id}-${n}` })),
      ),
    );
    expect(tripped).toBe(1);
    expect(await storedLogs(tenant)).toHaveLength(12);
  });

  test("logs are stored on", async () => {
    const tenant = await createTenant();
    await burst(tenant, "line of", 1);
    await accepted(tenant.key, events(5));
    const messages = await messagesAt("normalized-logs", tenant);
    advance(CACHES_MS);
    fail("db", "");
    expect((await deliver("normalized-logs", messages)).acked).toHaveLength(messages.length);
    repair();
    expect(await storedLogs(tenant)).toHaveLength(6);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });
});
