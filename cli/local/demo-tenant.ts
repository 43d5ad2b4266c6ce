import { randomBytes, randomUUID } from "node:crypto";
import { createApiKey } from "../../core/auth/api-key.ts";
import { SCOPES } from "../../schema/contracts/roles.ts";
import { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { sql } from "../tenant/sql.ts";
import { createKey, createTenant, rotateKey } from "../tenant/statements.ts";
import { executeD1, WranglerError } from "../wrangler.ts";

export const DEMO_TENANT = "demo";
const KEY_NAME = "default";

/** An earlier start's key may be in an agent's configuration by now: it goes on working for a while. */
const OVERLAP_MS = 7 * 24 * 60 * 60_000;

/** Whoever looks at the demo waits for its count. */
const SETTINGS = TenantSettings.partial().parse({ updateIntervalMs: 1_000 });

/**
 * Makes the tenant `demo` in the local database, or gives the one of an earlier start a new key.
 *
 * @returns an API key that works
 * @throws WranglerError
 */
export async function provisionDemoTenant(persistTo: string, now: number): Promise<string> {
  const key = createApiKey(randomBytes(32));
  const target = { remote: false, persistTo } as const;
  try {
    const creation = createTenant({
      id: randomUUID(),
      name: DEMO_TENANT,
      plan: "starter",
      adminEmail: "demo@log0.test",
      shards: 1,
      ownerId: randomUUID(),
      sourceId: randomUUID(),
      keyId: randomUUID(),
      scopes: SCOPES,
      key,
      now,
    });
    const settings = sql`UPDATE tenants SET settings = ${JSON.stringify(SETTINGS)} WHERE name = ${DEMO_TENANT}`;
    await executeD1([...creation, settings], target);
  } catch (error) {
    if (!(error instanceof WranglerError) || !error.message.includes("UNIQUE constraint failed: tenants.name")) {
      throw error;
    }
    // Where no key of the name works any more there is nothing to rotate, and the second part makes one.
    const named = { tenant: DEMO_TENANT, name: KEY_NAME, key, now };
    await executeD1(
      [
        ...rotateKey({ ...named, id: randomUUID(), overlapMs: OVERLAP_MS }),
        ...createKey({ ...named, id: randomUUID(), dedup: "none", expiresAt: null }),
      ],
      target,
    );
  }
  return key.key;
}
