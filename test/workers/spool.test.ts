import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { sweepSpool } from "../../services/logs/sweep-spool.ts";
import { platformOf } from "../../workers/platform.ts";
import { stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, deadLetterOf, deadLettersOf, replay, storedLogs } from "./support/http.ts";
import { middling, noise } from "./support/logs.ts";
import { deliver, settle } from "./support/pipeline.ts";
import { putBack, queued, take } from "./support/queues.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Too much for one sendBatch, as random text does not compress below half. */
const large = () => Array.from({ length: 90 }, (_, index) => ({ message: `${index} ${noise(9_900)}` }));

async function spoolObjects(tenantId: string): Promise<string[]> {
  const { objects } = await env.BUCKET.list({ prefix: "spool/" });
  return objects.map((object) => object.key).filter((key) => key.includes(tenantId));
}

describe("a request above one sendBatch", () => {
  test("is one R2 object and one pointer, and is stored exactly once", async () => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, large());
    expect(answer.received).toBe(90);
    const [pointer, ...others] = queued("raw-logs", tenant.id);
    expect(others).toEqual([]);
    expect(pointer?.body).toMatchObject({ type: "ENVELOPE_POINTER", stage: "raw", tenantId: tenant.id });
    expect(await spoolObjects(tenant.id)).toHaveLength(1);
    await settle(tenant);
    const logs = await storedLogs(tenant);
    expect(logs.map((log) => log.eventId).sort()).toEqual([...answer.eventIds].sort());
    expect(new Set(logs.map((log) => log.message.split(" ")[0])).size).toBe(90);
  });

  test("delivered again changes nothing", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, large());
    const pointer = take("raw-logs", tenant.id);
    await deliver("raw-logs", pointer);
    await settle(tenant);
    putBack(pointer);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(90);
  });

  test("stays within one sendBatch where it fits", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, middling());
    expect(queued("raw-logs", tenant.id).length).toBeGreaterThan(1);
    expect(await spoolObjects(tenant.id)).toEqual([]);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(700);
  });

  test("is one, too, when only all its messages together are above it", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, middling(1_400));
    expect(queued("raw-logs", tenant.id)).toMatchObject([{ body: { type: "ENVELOPE_POINTER" } }]);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(1_400);
  });

  test("with an Idempotency-Key is stored once, though it is sent twice", async () => {
    const tenant = await createTenant();
    const body = large();
    const headers = { "idempotency-key": "big" };
    await accepted(tenant.key, body, { headers });
    await accepted(tenant.key, body, { headers });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(90);
  });
});

describe("the object behind a pointer", () => {
  test("that R2 does not give at once is asked for again", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, large());
    const fault = fail("bucket.get", "spool/", { times: 2 });
    await settle(tenant);
    expect(fault.tripped).toBe(2);
    expect(await storedLogs(tenant)).toHaveLength(90);
  });

  test("goes into the dead letter, so that a replay needs nothing else", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, large());
    fail("queue", "normalized-logs");
    await settle(tenant);
    repair();
    await env.BUCKET.delete(await spoolObjects(tenant.id));
    expect(await deadLettersOf(tenant)).toHaveLength(1);
    expect(await replay(tenant)).toEqual({ replayed: 1 });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(90);
  });

  test("that is gone makes the pointer a dead letter", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, large());
    await env.BUCKET.delete(await spoolObjects(tenant.id));
    await settle(tenant);
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue: "raw-logs", errorCode: "invalid_envelope" }]);
  });

  describe("of another tenant", () => {
    /** A pointer to what the victim has in the spool, and what a tenant would send that claimed it. */
    async function stolen() {
      const [victim, thief] = [await createTenant(), await createTenant()];
      await accepted(victim.key, large());
      const [message] = take("raw-logs", victim.id);
      const [objectKey] = await spoolObjects(victim.id);
      if (message === undefined || objectKey === undefined) throw new Error("no pointer");
      const claim = (key: string) => {
        const body = { ...Object(message.body), tenantId: thief.id, objectKey: key };
        putBack([{ ...message, id: crypto.randomUUID(), tenantId: thief.id, body }]);
        return settle(thief);
      };
      return { victim, thief, objectKey, claim };
    }

    /** Nothing of the victim's has come to the thief, nor a log to the victim by the thief's message. */
    async function isRefused({ victim, thief }: Awaited<ReturnType<typeof stolen>>) {
      const [letter, ...others] = await deadLettersOf(thief);
      expect(letter).toMatchObject({ queue: "raw-logs", errorCode: "invalid_envelope" });
      expect(others).toEqual([]);
      // The pointer alone: not the envelopes that it leads to.
      const { event } = await deadLetterOf(thief, letter?.id ?? "");
      expect(event.originalEvent).toMatchObject({ type: "ENVELOPE_POINTER", tenantId: thief.id });
      await settle(victim);
      expect(await storedLogs(thief)).toEqual([]);
      expect(await storedLogs(victim)).toEqual([]);
    }

    test("is not read", async () => {
      const scene = await stolen();
      await scene.claim(scene.objectKey);
      await isRefused(scene);
    });

    test("is refused by its envelopes, should it lie where the tenant's own do", async () => {
      const scene = await stolen();
      const copy = scene.objectKey.replace(scene.victim.id, scene.thief.id);
      const object = await env.BUCKET.get(scene.objectKey);
      await env.BUCKET.put(copy, (await object?.arrayBuffer()) ?? "");
      await scene.claim(copy);
      await isRefused(scene);
    });

    test("is refused where the key only looks like the tenant's", async () => {
      const scene = await stolen();
      const [prefix, day, , id] = scene.objectKey.split("/");
      const { victim, thief } = scene;
      for (const key of [
        `${prefix}/${day}/${thief.id}/../${victim.id}/${id}`,
        `${prefix}/${thief.id}/${victim.id}/${id}`,
        `logs/${day}/${thief.id}/${id}`,
      ]) {
        await scene.claim(key);
      }
      expect(await deadLettersOf(thief)).toHaveLength(3);
      for (const letter of await deadLettersOf(thief)) expect(letter.errorCode).toBe("invalid_envelope");
    });
  });
});

describe("the sweep of the spool", () => {
  test("deletes all that is older than any message, and nothing else", async () => {
    const owner = crypto.randomUUID();
    const old = Array.from({ length: 1_200 }, (_, n) => `spool/2020-01-01/${owner}/${n}`);
    const young = `spool/${new Date().toISOString().slice(0, 10)}/${owner}/young`;
    await Promise.all([...old, young].map((key) => env.BUCKET.put(key, "spooled")));
    expect(await sweepSpool(platformOf(env))).toBe(old.length);
    expect(await spoolObjects(owner)).toEqual([young]);
    await env.BUCKET.delete(young);
  });
});
