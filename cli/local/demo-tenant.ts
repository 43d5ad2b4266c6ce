import { randomBytes, randomUUID } from "node:crypto";
import { createApiKey, type NewApiKey } from "../../core/auth/api-key.ts";
import { SCOPES } from "../../schema/contracts/roles.ts";
import { NewSource } from "../../schema/contracts/sources.ts";
import { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { sql } from "../tenant/sql.ts";
import { tenantId } from "../tenant/statements/common.ts";
import { createKey, rotateKey } from "../tenant/statements/keys.ts";
import { createSource } from "../tenant/statements/sources.ts";
import { createTenant } from "../tenant/statements/tenants.ts";
import { executeD1, type Target, WranglerError } from "../wrangler.ts";

export const DEMO_TENANT = "demo";
/** Of the owner, who has no password before the invitation is accepted that `npm run tenant -- invite` makes. */
export const DEMO_OWNER = "demo@log0.test";
const KEY_NAME = "default";
const SOURCE = NewSource.parse({ name: "default" });

/** Earlier starts' keys beyond so many end: a tenant has only so many that work. */
const MAX_KEYS = 20;

/** An earlier start's key may be in an agent's configuration by now: it goes on working for a while. */
const OVERLAP_HOURS = 7 * 24;

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
  const target: Target = { remote: false, persistTo };
  try {
    const creation = createTenant({
      id: randomUUID(),
      name: DEMO_TENANT,
      plan: "starter",
      adminEmail: DEMO_OWNER,
      shards: 1,
      ownerId: randomUUID(),
      sourceId: randomUUID(),
      keyId: randomUUID(),
      scopes: SCOPES,
      key,
      now,
    });
    const settings = sql`UPDATE tenants SET settings = ${JSON.stringify(SETTINGS)} WHERE id = ${tenantId(DEMO_TENANT)}`;
    await executeD1([...creation, settings], target);
  } catch (error) {
    if (!(error instanceof WranglerError) || !error.message.includes("UNIQUE constraint failed: tenants.name")) {
      throw error;
    }
    await renewKey(key, target, now);
  }
  return key.key;
}

/** Gives the tenant of an earlier start a new key, whatever the user has done to the old ones and their source. */
async function renewKey(key: NewApiKey, target: Target, now: number): Promise<void> {
  const named = { tenant: DEMO_TENANT, name: KEY_NAME, key, now };
  const tenant = tenantId(DEMO_TENANT);
  const statements = [
    sql`UPDATE api_keys SET revoked_at = ${now} WHERE tenant_id = ${tenant} AND name = ${KEY_NAME} AND revoked_at IS NULL
      AND id NOT IN (SELECT id FROM api_keys WHERE tenant_id = ${tenant} AND name = ${KEY_NAME} AND revoked_at IS NULL
        ORDER BY created_at DESC, rowid DESC LIMIT ${MAX_KEYS})`,
    ...createSource(DEMO_TENANT, randomUUID(), SOURCE, now),
    ...rotateKey({ ...named, id: randomUUID(), overlapHours: OVERLAP_HOURS }),
    // Where no key of the name works any more there is nothing to rotate, and this makes one.
    ...createKey({ ...named, id: randomUUID(), scopes: SCOPES, source: SOURCE.name, expiresAt: null }),
    sql`SELECT id FROM api_keys WHERE hash = ${key.hash} AND revoked_at IS NULL`,
  ];
  const made = (await executeD1(statements, target)).at(-1);
  if (made?.length !== 1) {
    throw new WranglerError(`tenant ${DEMO_TENANT} cannot have another key: see npm run tenant -- show ${DEMO_TENANT}`);
  }
}
