import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { createApiKey } from "../../../core/auth/api-key.ts";
import type { Plan } from "../../../schema/contracts/plans.ts";
import { SCOPES, type Scope } from "../../../schema/contracts/roles.ts";
import type { TenantId } from "../../../schema/contracts/tenant-id.ts";
import { TenantSettings } from "../../../schema/contracts/tenant-settings.ts";
import { apiKeys, sources, tenants } from "../../../schema/tables/tenants.ts";
import { type Platform, scopeTo, type TenantScope } from "../../../services/platform.ts";
import { platformOf } from "../../../workers/platform.ts";
import { checkTenants } from "./tenant-check.ts";

export interface Tenant {
  id: TenantId;
  name: string;
  /** Its first API key, which may do all that keys may. */
  key: string;
  /** The source that the first key sends for. */
  sourceId: string;
  /** The Slack channel that is its alone. */
  channel: string;
  scope: TenantScope;
  platform: Platform;
}

export interface KeyOptions {
  scopes?: readonly Scope[];
  sourceId?: string | null;
  expiresAt?: number;
  revokedAt?: number;
}

export interface SourceOptions {
  name?: string;
  environment?: string;
  parserHint?: "auto" | "json" | "ndjson" | "text";
  dedup?: "none" | "event-id" | "content";
}

/** Makes a source straight in D1. @returns its id */
export async function createSource(tenantId: string, options: SourceOptions = {}): Promise<string> {
  const id = crypto.randomUUID();
  await drizzle(env.DB)
    .insert(sources)
    .values({ id, tenantId: scopeTo(platformOf(env), tenantId).tenantId, name: id, createdAt: Date.now(), ...options });
  return id;
}

/** Makes an API key straight in D1; without a source, one that cannot send. */
export async function createKey(tenantId: string, options: KeyOptions = {}): Promise<string> {
  const { scopes = SCOPES, ...rest } = options;
  const { key, prefix, hash } = createApiKey(crypto.getRandomValues(new Uint8Array(32)));
  const id = crypto.randomUUID();
  const tenant = scopeTo(platformOf(env), tenantId).tenantId;
  await drizzle(env.DB)
    .insert(apiKeys)
    .values({
      ...{ id, tenantId: tenant, name: id, prefix, hash, scopes: scopes.join(" ") },
      ...{ createdBy: "operator", createdAt: Date.now(), ...rest },
    });
  return key;
}

/** Makes a tenant of its own for a test: storage is shared within a file. */
export async function createTenant(
  options: Omit<KeyOptions, "sourceId"> & {
    settings?: Partial<TenantSettings>;
    shards?: number;
    status?: "active" | "suspended";
    plan?: Plan;
    dedup?: "none" | "event-id" | "content";
    source?: SourceOptions;
  } = {},
): Promise<Tenant> {
  const { settings = {}, shards = 1, status = "active", plan = "starter", dedup, source, ...keyOptions } = options;
  const platform = platformOf(env);
  checkTenants(platform, env.DB);
  const scope = scopeTo(platform, crypto.randomUUID());
  const id = scope.tenantId;
  const channel = `#${id}`;
  await drizzle(env.DB)
    .insert(tenants)
    .values({
      id,
      name: id,
      plan,
      status,
      adminEmail: "a@acme.test",
      shards,
      settings: JSON.stringify(TenantSettings.parse({ slackChannel: channel, ...settings })),
      createdAt: Date.now(),
    });
  const sourceId = await createSource(id, { ...source, ...(dedup === undefined ? {} : { dedup }) });
  const key = await createKey(id, { ...keyOptions, sourceId });
  return { id, name: id, key, sourceId, channel, scope, platform };
}
