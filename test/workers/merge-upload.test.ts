import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { attemptMerge } from "../../services/logs/merge-segments.ts";
import { PART_BYTES, StreamedObject } from "../../services/logs/merge-upload.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted } from "./support/http.ts";
import { events, noise } from "./support/logs.ts";
import { settle, storeAlarm } from "./support/pipeline.ts";
import { flush, indexOf, objectsOf, rowsIn, segmentsIn, sweepAll } from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

describe("a streamed object", () => {
  const sizes = [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 2 * PART_BYTES + 123_457];
  test.each(sizes)("of %i bytes is what was written, in pieces of any size", async (size) => {
    const { scope } = await createTenant();
    const bytes = randomBytes(size);
    const key = `logs/${scope.tenantId}/object`;
    const object = new StreamedObject(scope, key);
    for (let at = 0, length = 1; at < size; at += length, length = (length * 7 + 1) % 3_000_000) {
      await object.write(bytes.subarray(at, at + length));
    }
    expect(await env.BUCKET.head(key)).toBeNull();
    await object.finish();
    const stored = new Uint8Array((await (await env.BUCKET.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(stored.byteLength).toBe(size);
    expect(Buffer.compare(stored, bytes)).toBe(0);
  });

  test("that is aborted never appears", async () => {
    const { scope } = await createTenant();
    const object = new StreamedObject(scope, `logs/${scope.tenantId}/object`);
    await object.write(randomBytes(2 * PART_BYTES));
    await object.abort();
    expect(await env.BUCKET.head(`logs/${scope.tenantId}/object`)).toBeNull();
  });
});

/** Two segments of text that hardly compresses: merged, they take several parts. And the flush that lets them be merged. */
async function bulky(): Promise<Tenant> {
  const tenant = await createTenant();
  for (let n = 0; n < 2; n++) {
    for (let post = 0; post < 2; post++) {
      const body = Array.from({ length: 380 }, (_, line) => ({ message: `${n} ${post} ${line} ${noise(9_900)}` }));
      await accepted(tenant.key, body);
    }
    await settle(tenant);
    advance(61 * 60_000);
    await storeAlarm(tenant);
  }
  await flush(tenant, events(10));
  return tenant;
}

test("a merge of several parts that stops between any two of them: nothing is lost, nothing is left", async () => {
  const tenant = await bulky();
  const before = await segmentsIn(tenant);
  const rows = await rowsIn(tenant, before);
  const inputs = (await indexOf(tenant)).slice(0, -1).map((segment) => segment.id);
  const mergeId = crypto.randomUUID();
  await env.DB.prepare(
    "INSERT INTO segment_merges (id, tenant_id, shard, inputs, attempts, created_at) VALUES (?, ?, 0, ?, 0, ?)",
  )
    .bind(mergeId, tenant.id, JSON.stringify(inputs), Date.now())
    .run();
  for (const match of ["begin logs/", "part 1 of logs/", "part 2 of logs/", "complete logs/"]) {
    for (const when of ["before", "after"] as const) {
      const fault = fail("bucket.put", match, { times: 1, when });
      await expect(attemptMerge(tenant.scope, mergeId)).rejects.toThrow();
      expect(fault.tripped).toBe(1);
      repair();
      expect(await segmentsIn(tenant)).toEqual(before);
    }
  }
  await attemptMerge(tenant.scope, mergeId);
  const after = await segmentsIn(tenant);
  expect(after).toHaveLength(2);
  expect(await rowsIn(tenant, after)).toEqual(rows);
  await sweepAll();
  expect(await objectsOf(tenant)).toEqual(after.map((segment) => segment.objectKey).sort());
});
