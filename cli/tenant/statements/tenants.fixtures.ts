import { createApiKey } from "../../../core/auth/api-key.ts";
import { createTenant, type NewTenant } from "./tenants.ts";

/** When the tenants of tests are made. */
export const now = 1_790_000_000_000;
export const hour = 3_600_000;

/** A key of its own for each number up to 255. */
export function numberedKey(number: number) {
  return { id: `key-${number}`, key: createApiKey(new Uint8Array(32).fill(number)) };
}

/** The statements that make a tenant, whose first key is `numberedKey(keyNumber)`. */
export function tenantOf(name: string, keyNumber: number, overrides: Partial<NewTenant> = {}): string[] {
  const { id, key } = numberedKey(keyNumber);
  return createTenant({
    id: `id-${name}`,
    name,
    plan: "starter",
    adminEmail: `o'brien@${name}.test`,
    shards: 2,
    ownerId: `owner-${name}`,
    sourceId: `source-${name}`,
    keyId: id,
    scopes: ["ingest", "read"],
    key,
    now,
    ...overrides,
  });
}
