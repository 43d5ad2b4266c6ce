import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, call, changeStatus, deadLettersOf, incidentsOf, logPage, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle, step, storeAlarm, storeOf } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Two tenants that send the same, at the same time, handled in the same batches. */
async function twins(): Promise<[Tenant, Tenant]> {
  const a = await createTenant();
  const b = await createTenant();
  const headers = { "idempotency-key": "the same for both" };
  const body = events(12);
  for (const tenant of [a, b]) await accepted(tenant.key, body, { headers });
  for (const queue of ["raw-logs", "normalized-logs"] as const) {
    const verdict = await deliver(queue, [...take(queue, a.id), ...take(queue, b.id)]);
    expect(verdict.retried).toEqual([]);
  }
  return [a, b];
}

describe("two tenants with identical logs", () => {
  test("have logs of their own, hot and in segments", async () => {
    const [a, b] = await twins();
    for (const flushed of [false, true]) {
      if (flushed) {
        await settle(a);
        advance(61 * 60 * 1000);
        await storeAlarm(a);
      }
      for (const tenant of [a, b]) {
        const logs = await storedLogs(tenant);
        expect(logs).toHaveLength(12);
        expect(new Set(logs.map((log) => log.tenantId))).toEqual(new Set([tenant.id]));
      }
    }
    const ids = new Set((await storedLogs(a)).map((log) => log.eventId));
    expect((await storedLogs(b)).filter((log) => ids.has(log.eventId))).toEqual([]);
  });

  test("have an incident and a Slack message each, of the same fingerprint", async () => {
    const [a, b] = await twins();
    for (const tenant of [a, b]) await settle(tenant);
    const [[first], [second]] = [await incidentsOf(a), await incidentsOf(b)];
    expect(first?.fingerprint).toBe(second?.fingerprint);
    expect(first?.id).not.toBe(second?.id);
    for (const tenant of [a, b]) {
      expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
      expect((await slackCalls(tenant)).filter((one) => one.method === "chat.postMessage")).toHaveLength(1);
    }
  });

  test("of which one has nine events have one incident", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    await accepted(a.key, events(9));
    await accepted(b.key, events(10));
    for (const tenant of [a, b]) await settle(tenant);
    expect(await incidentsOf(a)).toEqual([]);
    expect(await incidentsOf(b)).toHaveLength(1);
  });

  test("have dead letters of their own", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    for (const tenant of [a, b]) await accepted(tenant.key, events(1));
    const [message] = await messagesAt("normalized-logs", a);
    if (message === undefined) throw new Error("no message");
    fail("store", a.id);
    await exhaust("normalized-logs", message);
    repair();
    await settle(b);
    expect(await deadLettersOf(a)).toHaveLength(1);
    expect(await deadLettersOf(b)).toEqual([]);
    const [letter] = await deadLettersOf(a);
    const path = `/api/v1/dead-letters/${letter?.id}`;
    const headers = { "x-api-key": b.key };
    expect((await call(path, { headers })).status).toBe(404);
    expect((await call(`${path}/replay`, { headers, method: "POST" })).status).toBe(404);
    const all = await call("/api/v1/dead-letters/replay", { headers, method: "POST" });
    expect(await all.json()).toMatchObject({ replayed: 0 });
    expect(await deadLettersOf(a)).toMatchObject([{ replayedAt: null }]);
  });
});

describe("nothing crosses", () => {
  test("with the other's incident id: not to read, not to change", async () => {
    const [a, b] = await twins();
    await settle(a);
    const [incident] = await incidentsOf(a);
    const id = incident?.id ?? "";
    expect((await call(`/api/v1/incidents/${id}`, { headers: { "x-api-key": b.key } })).status).toBe(404);
    expect((await changeStatus(b, id, "RESOLVED")).status).toBe(404);
    expect(await incidentsOf(a)).toMatchObject([{ status: "NEW" }]);
  });

  test("with the other's cursor: it only says where to begin in one's own", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    await accepted(a.key, events(30, { message: "of a" }));
    await accepted(b.key, events(30, { message: "of b", at: Date.now() - 60_000 }));
    for (const tenant of [a, b]) await settle(tenant);
    const { nextCursor } = await logPage(a, "limit=5");
    const { logs } = await logPage(b, `limit=1000&cursor=${nextCursor}`);
    expect(new Set(logs.map((log) => log.tenantId))).toEqual(new Set([b.id]));
    expect(logs).toHaveLength(30);
  });

  test("with a cursor before everything: the lists still hold one's own only", async () => {
    const [a, b] = await twins();
    for (const tenant of [a, b]) await settle(tenant);
    const cursor = `${Date.now() + 1_000_000_000}_${"f".repeat(8)}-ffff-ffff-ffff-${"f".repeat(12)}`;
    const [mine, ...others] = await incidentsOf(b, `cursor=${cursor}`);
    expect(others).toEqual([]);
    expect((await incidentsOf(a)).map((incident) => incident.id)).not.toContain(mine?.id);
    expect(await deadLettersOf(b, `cursor=${cursor}`)).toEqual([]);
  });

  test("with the other's id in a query or a header", async () => {
    const [a, b] = await twins();
    await settle(a);
    for (const path of ["incidents", "dead-letters"]) {
      const response = await call(`/api/v1/${path}?tenantId=${a.id}&tenant_id=${a.id}`, {
        headers: { "x-api-key": b.key, "x-tenant-id": a.id },
      });
      expect(await response.text()).not.toContain(a.id);
    }
    const logs = await call(`/api/v1/logs?tenantId=${a.id}`, { headers: { "x-api-key": b.key, "x-tenant-id": a.id } });
    expect(await logs.text()).not.toContain(a.id);
  });

  test("into another tenant's store: an envelope that belongs elsewhere is refused by name", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    await accepted(a.key, events(3));
    await step("raw-logs", a);
    const [message] = take("normalized-logs", a.id);
    if (!(message?.body instanceof ArrayBuffer)) throw new Error("no envelope");
    const result = await storeOf(b).append(b.id, 0, [new Uint8Array(message.body)]);
    expect(result).toMatchObject({ refused: ["the envelope belongs to another store"], stored: 0 });
    expect(await storedLogs(b)).toEqual([]);
  });

  test("in a cursor that nobody gave out → 400 invalid_cursor", async () => {
    const tenant = await createTenant();
    for (const path of ["logs", "incidents", "dead-letters"]) {
      const response = await call(`/api/v1/${path}?cursor=1_'; DROP TABLE`, { headers: { "x-api-key": tenant.key } });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid_cursor" });
    }
  });
});
