import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, stopClock } from "./support/clock.ts";
import { burst, fingerprintOf, merged, saved, taken } from "./support/grouping.ts";
import { accepted, ask, call } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle, storeAlarm } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const Why = z.object({
  message: z.string(),
  kind: z.string(),
  tokens: z.array(z.object({ class: z.string(), start: z.number(), end: z.number(), text: z.string() })),
  language: z.string().nullable(),
  exceptionType: z.string(),
  firstStackFrame: z.string(),
  rule: z.object({ index: z.number(), name: z.string() }).nullable(),
  fingerprintNow: z.string(),
});
const Explained = z.object({
  fingerprint: z.string(),
  template: z.string(),
  serviceName: z.string(),
  firstSeenAt: z.number().nullable(),
  groupingVersion: z.string(),
  rulesVersion: z.number(),
  group: z.string(),
  members: z.array(z.string()),
  merges: z.array(z.object({ id: z.string(), endedAt: z.number().nullable() })),
  why: Why.nullable(),
  samples: z.array(z.string()),
});

function explain(tenant: Tenant, fingerprint: string) {
  return ask(tenant, Explained, `/api/v1/patterns/${fingerprint}/explain`);
}

const TRACE = "java.io.IOException: x\n\tat a.B.c(B.java:1)\n\tat d.E.f(E.java:2)";

describe("the explanation of a pattern", () => {
  test("names what was masked and as what, the frame chosen, and the template", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 3, { trace: TRACE });
    const fingerprint = await fingerprintOf(tenant, "it broke");
    const found = await explain(tenant, fingerprint);
    expect(found).toMatchObject({
      fingerprint,
      serviceName: "checkout",
      rulesVersion: 0,
      group: fingerprint,
      members: [],
      merges: [],
      why: {
        kind: "text",
        language: "java",
        exceptionType: "java.io.IOException",
        rule: null,
        fingerprintNow: fingerprint,
      },
    });
    expect(found.template).toMatch(/^it broke after </);
    expect(found.why?.firstStackFrame).toContain("a.B.c");
    expect(found.firstSeenAt).toBe(Date.now());
    const { message = "", tokens = [] } = found.why ?? {};
    expect(tokens).toHaveLength(1);
    for (const token of tokens) {
      expect(message.slice(token.start, token.end)).toBe(token.text);
      expect(token.text).toMatch(/^\dms$/);
      expect(found.template).toContain(`<${token.class}>`);
    }
  });

  test("has up to ten distinct messages", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 3);
    await burst(tenant, "it broke after", 3);
    const fingerprint = await fingerprintOf(tenant, "it broke");
    expect((await explain(tenant, fingerprint)).samples.sort()).toEqual([1, 2, 3].map((n) => `it broke after ${n}ms`));
    await burst(tenant, "it broke after", 30);
    const { samples } = await explain(tenant, fingerprint);
    expect(samples).toHaveLength(10);
    expect(new Set(samples).size).toBe(10);
  });

  test("has samples of segments, too", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 3);
    const fingerprint = await fingerprintOf(tenant, "it broke");
    advance(61 * 60 * 1000);
    await storeAlarm(tenant);
    const found = await explain(tenant, fingerprint);
    expect(found.samples).toHaveLength(3);
    expect(found.why?.tokens).toHaveLength(1);
  });

  test("of one that was never stored in the last week has what is on record, and no example", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 12);
    const fingerprint = await fingerprintOf(tenant, "it broke");
    const { template } = await explain(tenant, fingerprint);
    advance(61 * 60 * 1000);
    await storeAlarm(tenant);
    advance(8 * 24 * 60 * 60 * 1000);
    const found = await explain(tenant, fingerprint);
    expect(found).toMatchObject({ why: null, template, serviceName: "checkout" });
    expect(found.samples).toHaveLength(10);
  });

  test("names the rule that holds, with its place", async () => {
    const tenant = await createTenant();
    await saved(tenant, [
      { name: "other", when: { service: "other" }, action: { type: "never" } },
      { name: "names", when: { message: "acme|globex" }, action: { type: "mask", pattern: "acme|globex" } },
    ]);
    await burst(tenant, "we heard acme sing after", 2);
    const found = await explain(tenant, await fingerprintOf(tenant, "we heard"));
    expect(found).toMatchObject({ rulesVersion: 1, why: { rule: { index: 1, name: "names" } } });
    expect(found.why?.message).toContain("<value>");
    expect(found.why?.fingerprintNow).toBe(found.fingerprint);
    await saved(tenant, []);
    const after = await explain(tenant, found.fingerprint);
    expect(after).toMatchObject({ rulesVersion: 2, why: { rule: null } });
    expect(after.why?.fingerprintNow).not.toBe(found.fingerprint);
  });

  test("names what it counts with, and every merge, also one that was taken back", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 2);
    await burst(tenant, "it failed after", 2);
    const [a, b] = [await fingerprintOf(tenant, "it broke"), await fingerprintOf(tenant, "it failed")];
    const id = await merged(tenant, a, b);
    for (const one of [a, b]) {
      expect(await explain(tenant, one)).toMatchObject({ group: b, members: [a], merges: [{ id, endedAt: null }] });
    }
    await taken(tenant, id);
    expect(await explain(tenant, a)).toMatchObject({
      group: a,
      members: [],
      merges: [{ id, endedAt: expect.any(Number) }],
    });
  });

  test("of structured logs points into the message as it was sent", async () => {
    const tenant = await createTenant();
    const message = JSON.stringify({ msg: "it broke after 17ms", user: "x" });
    await accepted(
      tenant.key,
      events(1, { message }).map((event) => ({ ...event, message })),
    );
    await settle(tenant);
    const { why } = await explain(tenant, await fingerprintOf(tenant, "{"));
    expect(why?.kind).toBe("json");
    expect(why?.tokens.map((token) => message.slice(token.start, token.end))).toEqual(["17ms"]);
  });
});

describe("there is none", () => {
  const status = async (tenant: Tenant, fingerprint: string) =>
    (await call(`/api/v1/patterns/${fingerprint}/explain`, { headers: { "x-api-key": tenant.key } })).status;

  test("of a fingerprint that was never seen, nor of another tenant's", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    await burst(tenant, "it broke after", 12);
    const fingerprint = await fingerprintOf(tenant, "it broke");
    expect(await status(tenant, fingerprint)).toBe(200);
    expect(await status(other, fingerprint)).toBe(404);
    expect(await status(tenant, "f".repeat(64))).toBe(404);
  });

  test.each(["x", "*", "x OR level:ERROR", "F".repeat(64), "f".repeat(63)])(
    "of %s, which is no fingerprint",
    async (text) => {
      const tenant = await createTenant();
      await burst(tenant, "it broke after", 2);
      expect(await status(tenant, encodeURIComponent(text))).toBe(404);
    },
  );
});
