import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { storedLogs } from "./support/http.ts";
import { feedFaults, feedsOf, line, soon, store, tailOf, watch } from "./support/live-tail.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two logs of some 100 KB: with the rate of a second, six such batches are more than may be unacknowledged. */
const bulky = (name: string) => [0, 1].map((n) => line(`${name} ${n}`, { trace: "at frame\n".repeat(11_000) }));

describe("a client that does not acknowledge", () => {
  test("is closed with 4008 and told why, while the others go on", async () => {
    const tenant = await createTenant();
    const [slow, quick] = [await watch(tenant, { slow: true }), await watch(tenant)];
    let batch = 0;
    while (slow.closed === undefined && batch < 12) {
      advance(2_000);
      await store(tenant, bulky(`batch ${batch}`));
      await quick.sees(`batch ${batch} 1`);
      batch++;
    }
    await slow.isClosed(4008, /^too slow: \d+ messages of \d+ bytes are not acknowledged$/);
    expect(batch).toBeGreaterThan(4);
    await store(tenant, [line("after")]);
    await quick.sees("after");
    expect(quick.lines).toHaveLength(2 * batch + 1);
    expect(slow.lines.length).toBeLessThan(quick.lines.length);
    expect(await storedLogs(tenant)).toHaveLength(2 * batch + 1);
  });

  test("is closed even when its object hibernated in between", async () => {
    const tenant = await createTenant();
    const slow = await watch(tenant, { slow: true });
    for (let batch = 0; batch < 12 && slow.closed === undefined; batch++) {
      advance(2_000);
      await store(tenant, bulky(`batch ${batch}`));
      await expect.poll(() => slow.lines.length === 2 * (batch + 1) || slow.closed !== undefined, soon).toBe(true);
      if (slow.closed === undefined) await evictDurableObject(tailOf(tenant));
    }
    await slow.isClosed(4008, /^too slow/);
  });
});

describe("storing goes on", () => {
  test("when LiveTail throws; what was lost is counted, and told when it works again", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    feedFaults.set(tenant.id, "throws");
    for (let n = 0; n < 10; n++) await store(tenant, [line(`lost ${n}`)]);
    expect(await storedLogs(tenant)).toHaveLength(10);
    await expect.poll(() => feedsOf(tenant), soon).toBeGreaterThan(1);
    feedFaults.delete(tenant.id);
    await store(tenant, [line("found")]);
    await client.sees("found");
    const dropped = client.of("logs").reduce((sum, message) => sum + message.dropped, 0);
    expect(dropped + client.lines.length).toBe(11);
    expect(dropped).toBeGreaterThan(0);
  });

  test("when LiveTail hangs, and no second call is begun", async () => {
    const tenant = await createTenant();
    await watch(tenant);
    feedFaults.set(tenant.id, "hangs");
    const begun = performance.now();
    for (let n = 0; n < 30; n++) await store(tenant, [line(`line ${n}`)]);
    const took = performance.now() - begun;
    await sleep(300);
    expect(feedsOf(tenant)).toBe(1);
    expect(await storedLogs(tenant)).toHaveLength(30);
    expect(took).toBeLessThan(5_000);
  });
});

describe("logs at a rate that nobody can look at", () => {
  test("are partly dropped, and the client is told how many", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    const many = Array.from({ length: 9_000 }, (_, n) => line(`line ${n}`));
    for (let n = 0; n < 4; n++) await store(tenant, many);
    const told = () => {
      const matched = client.of("sampled").reduce((sum, message) => sum + message.matched, 0);
      return matched + client.of("logs").reduce((sum, message) => sum + message.dropped, 0);
    };
    await expect.poll(told, soon).toBe(36_000);
    expect(client.lines.length).toBeLessThan(1_000);
  });
});
