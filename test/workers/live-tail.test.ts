import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { call, problemOf } from "./support/http.ts";
import {
  connect,
  feedsOf,
  type LiveClient,
  line,
  soon,
  store,
  tailAlarm,
  tailOf,
  upgrade,
  watch,
} from "./support/live-tail.ts";
import { restart, storeOf } from "./support/pipeline.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("a socket", () => {
  test("is shown the logs that are stored from now on, as a search shows them", async () => {
    const tenant = await createTenant();
    await store(tenant, [line("before")]);
    const client = await watch(tenant);
    expect(client.of("ready")).toEqual([{ type: "ready", complete: true, filter: {} }]);
    await store(tenant, [
      line("one", { traceId: "t1", orderId: 7 }),
      line("two", { level: "ERROR", trace: "Error: x\n at y (/a.js:1:1)" }),
    ]);
    await client.sees("two");
    expect(client.lines).toEqual(["one", "two"]);
    const found = await call("/api/v1/logs?limit=2", { headers: { "x-api-key": tenant.key } });
    expect(await found.json()).toMatchObject({ logs: client.logs.toReversed() });
  });

  test.each([
    { query: "level=error", seen: ["a", "d"] },
    { query: "level=err,WARN", seen: ["a", "b", "d"] },
    { query: "service=pay", seen: ["c", "d"] },
    { query: "environment=dev&level=info", seen: ["c"] },
    { query: `q=${encodeURIComponent("gateway -refused")}`, seen: ["a"] },
    { query: `q=${encodeURIComponent("order_id:7")}`, seen: ["d"] },
    { query: "q=absent", seen: [] },
  ])("with $query is shown only what matches", async ({ query, seen }) => {
    const tenant = await createTenant();
    const [all, client] = [await watch(tenant), await watch(tenant, { query })];
    await store(tenant, [
      line("a gateway", { level: "ERROR" }),
      line("b gateway refused", { level: "WARN" }),
      line("c", { service: "pay", environment: "dev" }),
      line("d", { service: "pay", level: "ERROR", attributes: { order_id: 7 } }),
    ]);
    await expect.poll(() => all.lines, soon).toHaveLength(4);
    await expect.poll(() => client.lines.map((text) => text[0]), soon).toEqual(seen);
  });

  test("changes its filter by a message, and is told from when on", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant, { query: "service=a" });
    await store(tenant, [line("1", { service: "a" }), line("2", { service: "b" })]);
    await client.sees("1");
    client.send({ type: "filter", service: ["b"], level: "info" });
    await expect
      .poll(() => client.of("filtered"), soon)
      .toEqual([{ type: "filtered", filter: { levels: ["INFO"], services: ["b"] } }]);
    await store(tenant, [line("3", { service: "a" }), line("4", { service: "b" })]);
    await client.sees("4");
    expect(client.lines).toEqual(["1", "4"]);
  });

  test("keeps its filter when the new one makes no sense, and is told where", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant, { query: "service=a" });
    client.send({ type: "filter", q: "level:(" });
    client.send({ type: "filter", level: "loud" });
    await expect
      .poll(() => client.of("error"), soon)
      .toMatchObject([{ code: "invalid_query", column: expect.any(Number) }, { message: "unknown level loud" }]);
    await store(tenant, [line("1", { service: "b" }), line("2", { service: "a" })]);
    await client.sees("2");
    expect(client.lines).toEqual(["2"]);
  });

  test("is told above the rate that it is shown a sample", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant, { query: "service=many" });
    await store(
      tenant,
      Array.from({ length: 1_000 }, (_, n) => line(`line ${n}`, { service: "many" })),
    );
    await expect.poll(() => client.of("sampled"), soon).toEqual([{ type: "sampled", shown: 200, matched: 1_000 }]);
    expect(client.lines).toHaveLength(200);
    advance(1_000);
    await store(tenant, [line("after", { service: "many" })]);
    await client.sees("after");
  });

  test("pings, and is answered", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    client.send('{"type":"ping"}');
    client.send({ type: "ping", more: undefined });
    client.send(' {"type":"ping"}');
    await expect.poll(() => client.of("pong"), soon).toHaveLength(3);
  });

  test.each([
    ["no JSON", "hello", /not JSON/],
    ["an unknown type", { type: "subscribe" }, /field type/],
    ["a field too many", { type: "ack", seq: 0, more: 1 }, /unknown/],
    ["an acknowledgement of what was never sent", { type: "ack", seq: 99 }, /no message has that number/],
    ["bytes", new ArrayBuffer(3), /binary/],
  ])("that sends %s is closed with 4400", async (_what, message, reason) => {
    const client = await watch(await createTenant());
    client.send(message);
    await client.isClosed(4400, reason);
  });

  test("that floods is closed with 4429", async () => {
    const client = await watch(await createTenant());
    for (let n = 0; n < 300; n++) client.send({ type: "ack", seq: 0 });
    await client.isClosed(4429, /too many/);
  });
});

describe("two tenants", () => {
  test("see their own logs only, though they send the same", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    const [ofA, ofB] = [await watch(a), await watch(b)];
    for (const tenant of [a, b]) await store(tenant, [line("the same")]);
    for (const tenant of [a, b]) await store(tenant, [line(`only ${tenant.id}`)]);
    await ofA.sees(`only ${a.id}`);
    await ofB.sees(`only ${b.id}`);
    expect(ofA.lines).toEqual(["the same", `only ${a.id}`]);
    expect(ofB.lines).toEqual(["the same", `only ${b.id}`]);
    expect(new Set(ofA.logs.map((log) => log.tenantId))).toEqual(new Set([a.id]));
  });

  test("cannot be mixed up by an envelope of the other", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    const client = await watch(b);
    await store(a, [line("of a")]);
    const { envelopes } = await storeOf(a).hot(0, Number.MAX_SAFE_INTEGER);
    await expect(async () => await tailOf(b).feed(envelopes, 0)).rejects.toThrow("another tenant");
    await store(b, [line("of b")]);
    await client.sees("of b");
    expect(client.lines).toEqual(["of b"]);
  });
});

describe("the stores", () => {
  test("call nobody while nobody watches, neither before the first socket nor after the last", async () => {
    const tenant = await createTenant();
    await store(tenant, [line("1")]);
    expect(feedsOf(tenant)).toBe(0);
    const client = await watch(tenant);
    await store(tenant, [line("2")]);
    await client.sees("2");
    expect(feedsOf(tenant)).toBe(1);
    client.close();
    await expect
      .poll(async () => {
        const before = feedsOf(tenant);
        await store(tenant, [line("3")]);
        await new Promise((resolve) => setTimeout(resolve, 150));
        return feedsOf(tenant) - before;
      }, soon)
      .toBe(0);
    for (let n = 0; n < 5; n++) await store(tenant, [line("4")]);
    const calls = feedsOf(tenant);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(feedsOf(tenant)).toBe(calls);
  });

  test("stop when the lease runs out, and go on as long as the alarm renews it", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    for (let n = 0; n < 10; n++) {
      advance(15_000);
      await tailAlarm(tenant);
    }
    await store(tenant, [line("renewed")]);
    await client.sees("renewed");
    advance(61_000);
    await store(tenant, [line("lapsed")]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.lines).toEqual(["renewed"]);
  });

  test("all feed, when a tenant has several", async () => {
    const tenant = await createTenant({ shards: 4 });
    const client = await watch(tenant);
    for (let n = 0; n < 12; n++) await store(tenant, [line(`line ${n}`)]);
    await expect.poll(() => new Set(client.lines).size, soon).toBe(12);
    expect(client.lines).toHaveLength(12);
  });

  test("go on feeding after a restart", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    await store(tenant, [line("1")]);
    await client.sees("1");
    await restart(storeOf(tenant));
    await store(tenant, [line("2")]);
    await client.sees("2");
  });
});

describe("hibernation", () => {
  test("keeps sockets, their filters and their numbers", async () => {
    const tenant = await createTenant();
    const [a, b] = [await watch(tenant, { query: "service=a" }), await watch(tenant)];
    b.send({ type: "filter", service: "b" });
    await expect.poll(() => b.of("filtered"), soon).toHaveLength(1);
    await store(tenant, [line("1", { service: "a" }), line("2", { service: "b" })]);
    await a.sees("1");
    await b.sees("2");
    await evictDurableObject(tailOf(tenant));
    await store(tenant, [line("3", { service: "a" }), line("4", { service: "b" }), line("5", { service: "c" })]);
    await a.sees("3");
    await b.sees("4");
    expect([a.lines, b.lines]).toEqual([
      ["1", "3"],
      ["2", "4"],
    ]);
    expect(a.of("logs").map((message) => message.seq)).toEqual([1, 2]);
    await evictDurableObject(tailOf(tenant));
    advance(15_000);
    await tailAlarm(tenant);
    await store(tenant, [line("6", { service: "a" })]);
    await a.sees("6");
    expect([a.closed, b.closed]).toEqual([undefined, undefined]);
  });
});

describe("many sockets", () => {
  test("500 of one tenant are each shown a line, and the 501st is refused with 429", async () => {
    const tenant = await createTenant();
    const clients: LiveClient[] = [];
    for (let n = 0; n < 500; n++) clients.push(await connect(tenant));
    await expect.poll(() => clients.filter((client) => client.of("ready").length === 1).length, soon).toBe(500);
    expect(await problemOf(await upgrade("/live/logs", { "x-api-key": tenant.key }))).toMatchObject({
      status: 429,
      code: "rate_limited",
    });
    await store(tenant, [line("for all")]);
    await expect.poll(() => clients.filter((client) => client.lines.length === 1).length, soon).toBe(500);
    clients[0]?.close();
    await expect.poll(() => clients[0]?.closed, { timeout: 2_000 }).toMatchObject({ code: 1000 });
    await watch(tenant);
    for (const client of clients.slice(1)) client.close();
  });
});
