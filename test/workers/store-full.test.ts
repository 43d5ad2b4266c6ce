import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, deadLettersOf, post, problemOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle, step, storeOf } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** Lets the store's buffer take so many raw bytes. */
function bufferTakes(tenant: Tenant, bytes: number): Promise<boolean> {
  return runInDurableObject(storeOf(tenant), (store) => Reflect.set(store, "maxBufferBytes", bytes));
}

/** Authentication remembers a key for this long. */
const CACHE_MS = 11_000;

describe("a store whose buffer is full, because segments cannot be written", () => {
  async function filled(): Promise<Tenant> {
    const tenant = await createTenant();
    await accepted(tenant.key, events(3, { message: "first" }));
    await settle(tenant);
    await bufferTakes(tenant, 1);
    await accepted(tenant.key, events(3, { message: "second" }));
    await step("raw-logs", tenant);
    return tenant;
  }

  test("takes no more: the message waits a minute at a time, and no try makes it a dead letter", async () => {
    const tenant = await filled();
    for (let attempt = 1; attempt <= 20; attempt++) {
      const { acked, retried } = await step("normalized-logs", tenant);
      expect(acked).toEqual([]);
      expect(retried.map(({ delaySeconds }) => delaySeconds >= 60)).toEqual([true]);
    }
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect(await storedLogs(tenant)).toHaveLength(3);
  });

  test("makes ingest answer 503, and all goes on by itself when there is room", async () => {
    const tenant = await filled();
    await step("normalized-logs", tenant);
    advance(CACHE_MS);
    const refused = await post(tenant.key, { message: "third", service: "a" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await problemOf(refused)).toMatchObject({ status: 503, code: "unavailable" });
    expect(queued("raw-logs", tenant.id)).toEqual([]);
    await bufferTakes(tenant, 1024 * 1024);
    advance(60_000 + CACHE_MS);
    await accepted(tenant.key, events(3, { message: "third" }));
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(9);
  });
});
