import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { burst, CACHES_MS, fingerprintOf, merged } from "./support/grouping.ts";
import { accepted, ask, call, deadLettersOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, restart, settle, step, storeAlarm, storeOf, sweep } from "./support/pipeline.ts";
import { putBack, queued, take } from "./support/queues.ts";
import { script, slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const Page = z.object({
  patterns: z.array(
    z.strictObject({
      fingerprint: z.string(),
      template: z.string(),
      serviceName: z.string(),
      level: z.string(),
      firstSeenAt: z.number(),
      newAt: z.number(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

async function newPatterns(tenant: Tenant, query = "") {
  return (await ask(tenant, Page, `/api/v1/patterns/new?${query}`)).patterns;
}

/** The first two words of each, oldest first. */
async function names(tenant: Tenant): Promise<string[]> {
  return (await newPatterns(tenant)).map(({ template }) => template.split(" ").slice(0, 2).join(" ")).reverse();
}

/** Lets all of a tenant's logs lie in segments. */
async function flush(tenant: Tenant): Promise<void> {
  advance(HOUR + MINUTE);
  await storeAlarm(tenant);
}

describe("the first sight of a pattern", () => {
  test.each([
    { level: "DEBUG", noted: false },
    { level: "INFO", noted: false },
    { level: "NOTICE", noted: false },
    { level: "WARN", noted: true },
    { level: "ERROR", noted: true },
    { level: "FATAL", noted: true },
  ])("of $level is recorded: $noted", async ({ level, noted }) => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1, { level });
    const first = await newPatterns(tenant);
    expect(first).toHaveLength(noted ? 1 : 0);
    if (noted) {
      const at = Date.now();
      expect(first).toMatchObject([{ level, serviceName: "checkout", newAt: at, firstSeenAt: at }]);
      expect(first[0]?.fingerprint).toBe(await fingerprintOf(tenant, "it broke"));
    }
    await flush(tenant);
    expect(await newPatterns(tenant)).toEqual(first);
  });

  test("is one, however often it comes", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1);
    const first = await newPatterns(tenant);
    for (let n = 0; n < 3; n++) {
      advance(MINUTE);
      await burst(tenant, "it broke after", 20);
    }
    await flush(tenant);
    await burst(tenant, "it broke after", 2);
    expect(first).toHaveLength(1);
    expect(await newPatterns(tenant)).toEqual(first);
  });

  test("is one across restarts of the store", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1);
    const first = await newPatterns(tenant);
    for (let n = 0; n < 2; n++) {
      await restart(storeOf(tenant));
      advance(MINUTE);
      await burst(tenant, "it broke after", 1);
    }
    expect(await newPatterns(tenant)).toEqual(first);
  });

  test("is one across shards", async () => {
    const tenant = await createTenant({ shards: 4, settings: { newPatternAlerts: true } });
    for (let n = 0; n < 24; n++) await accepted(tenant.key, events(1));
    await settle(tenant, 4);
    expect(await newPatterns(tenant)).toHaveLength(1);
    const posts = (await slackCalls(tenant)).filter((one) => one.body.text.includes("new pattern"));
    expect(posts).toHaveLength(1);
  });

  test("that a crash of the store comes before is recorded after it", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(1));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await step(queue, tenant);
    await restart(storeOf(tenant));
    await burst(tenant, "it failed after", 1);
    expect((await names(tenant)).sort()).toEqual(["Connection timeout", "it failed"]);
  });

  test("is recorded when the database is back", async () => {
    const tenant = await createTenant();
    const fault = fail("db", 'insert into "patterns"', { times: 1 });
    await accepted(tenant.key, events(1));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await step(queue, tenant);
    await storeAlarm(tenant);
    expect(fault.tripped).toBe(1);
    expect(await newPatterns(tenant)).toEqual([]);
    advance(2_000);
    await storeAlarm(tenant);
    expect(await newPatterns(tenant)).toHaveLength(1);
  });

  test("is none of what was known under a milder level", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1, { level: "INFO" });
    await flush(tenant);
    await burst(tenant, "it broke after", 1, { level: "ERROR" });
    expect(await newPatterns(tenant)).toEqual([]);
  });

  test("of what counts with a known one is none", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1);
    await burst(tenant, "it failed after", 1);
    const before = await newPatterns(tenant);
    await merged(tenant, await fingerprintOf(tenant, "it broke"), await fingerprintOf(tenant, "it failed"));
    await restart(storeOf(tenant));
    await burst(tenant, "it broke after", 1);
    await flush(tenant);
    expect(before).toHaveLength(2);
    expect(await newPatterns(tenant)).toEqual(before);
  });

  test("is listed newest first, in pages that neither repeat nor skip, to its tenant only", async () => {
    const tenant = await createTenant();
    for (const [index, word] of ["alpha", "beta", "gamma", "delta", "omega"].entries()) {
      await burst(tenant, `${word} broke after`, 1);
      if (index % 2 === 1) advance(1_000);
    }
    const all = await newPatterns(tenant);
    expect(all).toHaveLength(5);
    expect(all.map(({ newAt }) => newAt)).toEqual(all.map(({ newAt }) => newAt).sort((a, b) => b - a));
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "limit=2" : `limit=2&cursor=${cursor}`;
      const page: z.infer<typeof Page> = await ask(tenant, Page, `/api/v1/patterns/new?${query}`);
      paged.push(...page.patterns.map(({ fingerprint }) => fingerprint));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all.map(({ fingerprint }) => fingerprint));
    expect(await newPatterns(await createTenant())).toEqual([]);
    const wrong = await call("/api/v1/patterns/new?cursor=x", { headers: { "x-api-key": tenant.key } });
    expect(wrong.status).toBe(400);
  });
});

/** What Slack was told of new patterns. */
async function told(tenant: Tenant) {
  return (await slackCalls(tenant)).filter((one) => one.body.text.includes("new pattern"));
}

const alerted = () => createTenant({ settings: { newPatternAlerts: true } });

/** A job that waits to tell of one new pattern. */
async function waiting(tenant: Tenant) {
  await accepted(tenant.key, events(1));
  for (const queue of ["raw-logs", "normalized-logs"] as const) await step(queue, tenant);
  await storeAlarm(tenant);
  const [job, ...others] = take("jobs", tenant.id);
  expect(others).toEqual([]);
  if (job === undefined) throw new Error("no job");
  return job;
}

describe("a tenant that asks for it", () => {
  test("is told of new patterns in its channel, once", async () => {
    const tenant = await alerted();
    await burst(tenant, "it <!channel> broke & after", 1);
    const [post, ...others] = await told(tenant);
    expect(others).toEqual([]);
    expect(post).toMatchObject({
      method: "chat.postMessage",
      body: { channel: tenant.channel, text: "log0: 1 new pattern" },
    });
    const text = JSON.stringify(post?.body.blocks);
    expect(text).toContain("checkout");
    expect(text).not.toContain("<!channel>");
    advance(HOUR);
    await burst(tenant, "it <!channel> broke & after", 20);
    expect(await told(tenant)).toHaveLength(1);
  });

  test("hears of several in one message, the first ten by name", async () => {
    const tenant = await alerted();
    const words = Array.from({ length: 12 }, (_, index) => String.fromCharCode(97 + index).repeat(5));
    await accepted(
      tenant.key,
      words.map((word) => ({ message: `the module ${word} gave up`, service: word, level: "WARN" })),
    );
    await settle(tenant);
    const [message, ...others] = await told(tenant);
    expect(others).toEqual([]);
    expect(message?.body.text).toBe("log0: 12 new patterns");
    const text = JSON.stringify(message?.body.blocks);
    expect(words.filter((word) => text.includes(word))).toHaveLength(10);
    expect(text).toContain("and 2 more");
  });

  test("hears at most every five minutes; what comes meanwhile is told together", async () => {
    const tenant = await alerted();
    await burst(tenant, "it broke after", 1);
    advance(MINUTE);
    const jobsOf = async (message: string) => {
      await accepted(tenant.key, events(1, { message }));
      for (const queue of ["raw-logs", "normalized-logs"] as const) await step(queue, tenant);
      await storeAlarm(tenant);
      return take("jobs", tenant.id);
    };
    const [first] = await jobsOf("it failed after");
    advance(MINUTE);
    const [second] = await jobsOf("it stopped after");
    if (first === undefined || second === undefined) throw new Error("no jobs");
    expect((await deliver("jobs", [first, second])).acked).toHaveLength(2);
    expect(await told(tenant)).toHaveLength(1);
    const putOff = take("jobs", tenant.id);
    expect(putOff).toHaveLength(2);
    advance(2 * MINUTE - 1);
    expect((await deliver("jobs", putOff)).acked).toHaveLength(2);
    expect(await told(tenant)).toHaveLength(1);
    advance(MINUTE + 1);
    putBack(putOff);
    await settle(tenant);
    const posts = await told(tenant);
    expect(posts.map((one) => one.body.text)).toEqual(["log0: 1 new pattern", "log0: 2 new patterns"]);
    expect(queued("jobs", tenant.id)).toEqual([]);
  });

  test.each([2, 5])("is told once by %i jobs at once", async (jobs) => {
    const tenant = await alerted();
    const job = await waiting(tenant);
    await Promise.all(Array.from({ length: jobs }, () => deliver("jobs", [job])));
    expect(await told(tenant)).toHaveLength(1);
  });

  test("is told again when Slack failed", async () => {
    const tenant = await alerted();
    const job = await waiting(tenant);
    const wrong = { status: 500, body: {} };
    await script(tenant, [wrong, wrong]);
    expect(await exhaust("jobs", job)).toMatchObject({ attempts: 3 });
    const posts = await told(tenant);
    expect(posts).toHaveLength(3);
    expect(posts.at(-1)?.body.text).toBe("log0: 1 new pattern");
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("is told later what came while Slack failed for good", async () => {
    const tenant = await alerted();
    const job = await waiting(tenant);
    await script(tenant, [{ status: 200, body: { ok: false, error: "channel_not_found" } }]);
    await exhaust("jobs", job);
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue: "jobs", errorCode: "delivery_failed" }]);
    advance(MINUTE);
    await burst(tenant, "it failed after", 1);
    expect((await told(tenant)).at(-1)?.body.text).toBe("log0: 2 new patterns");
  });

  test("is told through the sweep when the queue refused the job", async () => {
    const tenant = await alerted();
    fail("queue", "jobs", { times: 1 });
    await accepted(tenant.key, events(1));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await step(queue, tenant);
    await storeAlarm(tenant);
    expect(queued("jobs", tenant.id)).toEqual([]);
    advance(31_000);
    await sweep();
    await settle(tenant);
    expect(await told(tenant)).toHaveLength(1);
  });

  test("hears of none that it had before it asked", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1);
    await burst(tenant, "it failed after", 1);
    expect(await told(tenant)).toEqual([]);
    advance(25 * HOUR);
    await settings(tenant, { newPatternAlerts: true });
    await burst(tenant, "it stopped after", 1);
    expect((await told(tenant)).map((one) => one.body.text)).toEqual(["log0: 1 new pattern"]);
  });
});

test("a tenant that does not ask is told nothing", async () => {
  const tenant = await createTenant();
  await burst(tenant, "it broke after", 1);
  advance(HOUR);
  await burst(tenant, "it failed after", 1);
  expect(await newPatterns(tenant)).toHaveLength(2);
  expect(await slackCalls(tenant)).toEqual([]);
  expect(queued("jobs", tenant.id)).toEqual([]);
});

/** Changes a tenant's settings, for all caches. */
async function settings(tenant: Tenant, more: Record<string, unknown>): Promise<void> {
  await env.DB.prepare("UPDATE tenants SET settings = json_patch(settings, ?) WHERE id = ?")
    .bind(JSON.stringify(more), tenant.id)
    .run();
  advance(CACHES_MS);
}
