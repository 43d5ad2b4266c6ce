import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { createApiKey } from "../../../core/auth/api-key.ts";
import { TenantSettings } from "../../../schema/contracts/tenant-settings.ts";
import { apiKeys, tenants } from "../../../schema/tables/tenants.ts";
import { scopeTo, type TenantScope } from "../../../services/platform.ts";
import { platformOf } from "../../../workers/platform.ts";

export interface Tenant {
  id: string;
  /** Its first API key. */
  key: string;
  /** The Slack channel that is its alone. */
  channel: string;
  scope: TenantScope;
}

export interface KeyOptions {
  dedup?: "none" | "event-id" | "content";
  expiresAt?: number;
  revokedAt?: number;
}

/** Makes an API key straight in D1. */
export async function createKey(tenantId: string, options: KeyOptions = {}): Promise<string> {
  const { key, prefix, hash } = createApiKey(crypto.getRandomValues(new Uint8Array(32)));
  const id = crypto.randomUUID();
  await drizzle(env.DB)
    .insert(apiKeys)
    .values({ id, tenantId, name: id, prefix, hash, createdAt: Date.now(), ...options });
  return key;
}

/** Makes a tenant of its own for a test: storage is shared within a file. */
export async function createTenant(
  options: KeyOptions & {
    settings?: Partial<TenantSettings>;
    shards?: number;
    status?: "active" | "suspended";
  } = {},
): Promise<Tenant> {
  const { settings = {}, shards = 1, status = "active", ...keyOptions } = options;
  const id = crypto.randomUUID();
  const channel = `#${id}`;
  await drizzle(env.DB)
    .insert(tenants)
    .values({
      id,
      name: id,
      plan: "starter",
      status,
      adminEmail: "a@acme.test",
      shards,
      settings: JSON.stringify(TenantSettings.parse({ slackChannel: channel, ...settings })),
      createdAt: Date.now(),
    });
  return { id, key: await createKey(id, keyOptions), channel, scope: scopeTo(platformOf(env), id) };
}
