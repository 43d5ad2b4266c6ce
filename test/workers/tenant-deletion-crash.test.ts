import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { claim, save } from "../../services/tenants/deletion/lease.ts";
import { advance, stopClock } from "./support/clock.ts";
import {
  deletionOf,
  everythingOf,
  fillTables,
  MINUTE_MS,
  nothingOf,
  request,
  scopeOf,
  sweepOnce,
  sweepToTheEnd,
} from "./support/deletion.ts";
import { crashAt, fail, repair } from "./support/faults.ts";
import { burst } from "./support/grouping.ts";
import "./support/live-tail.ts";
import { signedIn } from "./support/auth.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** A tenant that has something for every step to remove. */
async function small(): Promise<Tenant> {
  const tenant = await createTenant();
  await signedIn(tenant, "owner");
  await burst(tenant, "line of", 12);
  await env.BUCKET.put(`spool/2026-01-01/${tenant.id}/1`, "spooled");
  await fillTables(tenant);
  return tenant;
}

/** Of the calls that delete rows, which are all alike, some are enough. */
const ROWS_STRIDE = 7;

/** A deletion for each call that may fail. */
const PATIENCE_MS = 400_000;

describe("a deletion that crashes", () => {
  test.each(["before", "after"] as const)(
    "%s any of its calls goes on where it stood, to the same end",
    async (when) => {
      const neighbour = await small();
      const theirs = await everythingOf(neighbour);
      const crashed = new Map<string, number>();
      for (let n = 1; ; ) {
        const tenant = await small();
        await request(tenant);
        advance(MINUTE_MS);
        const crash = crashAt(n, when);
        await sweepOnce().catch(() => undefined);
        const { step } = await deletionOf(tenant);
        await sweepToTheEnd(tenant);
        repair();
        expect(nothingOf(await everythingOf(tenant)), `call ${n}`).toBe(true);
        if (!crash.tripped) break;
        crashed.set(step, (crashed.get(step) ?? 0) + 1);
        n += step === "rows" ? ROWS_STRIDE : 1;
      }
      // Those of the last steps come a day later, when the first sweep has left it at "idle".
      expect([...crashed.keys()]).toEqual([
        "caches",
        "objects",
        "stores",
        "windows",
        "bucket",
        "accounts",
        "rows",
        "idle",
      ]);
      expect([...crashed.values()].every((count) => count >= 2)).toBe(true);
      expect(await everythingOf(neighbour)).toEqual(theirs);
    },
    PATIENCE_MS,
  );

  test("keeps its lease: nobody works on it before two minutes are over", async () => {
    const tenant = await small();
    await request(tenant);
    advance(MINUTE_MS);
    const fault = fail("live", tenant.id);
    await expect(sweepOnce()).rejects.toThrow();
    advance(MINUTE_MS);
    await sweepOnce();
    expect(fault.tripped).toBe(1);
    advance(MINUTE_MS);
    await expect(sweepOnce()).rejects.toThrow();
    expect(fault.tripped).toBe(2);
  });

  test("keeps no other tenant's deletion from going on", async () => {
    const [one, other] = [await small(), await small()];
    for (const tenant of [one, other]) await request(tenant);
    advance(MINUTE_MS);
    fail("live", one.id);
    await expect(sweepOnce()).rejects.toThrow();
    expect((await deletionOf(one)).step).toBe("objects");
    expect((await deletionOf(other)).step).toBe("idle");
  });
});

describe("two sweeps at once", () => {
  test("never work on one tenant both", async () => {
    const tenant = await small();
    await request(tenant);
    advance(MINUTE_MS);
    await Promise.all([sweepOnce(), sweepOnce(), sweepOnce()]);
    const { removed } = await sweepToTheEnd(tenant);
    expect(removed).toMatchObject({ stores: 1, objects: 2, accounts: 1 });
  });

  test("of which one has lost its lease: it writes nothing any more", async () => {
    const tenant = await small();
    await request(tenant);
    const first = await claim(scopeOf(tenant));
    expect(await claim(scopeOf(tenant))).toBeUndefined();
    advance(3 * MINUTE_MS);
    const second = await claim(scopeOf(tenant));
    expect(await save(scopeOf(tenant), first?.leaseUntil ?? 0, { step: "rows" })).toBeUndefined();
    expect((await deletionOf(tenant)).step).toBe("caches");
    expect(await save(scopeOf(tenant), second?.leaseUntil ?? 0, { step: "objects" })).toMatchObject({
      step: "objects",
    });
  });
});
