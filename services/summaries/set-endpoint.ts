import { and, eq, sql } from "drizzle-orm";
import { publicUrl, type UrlPolicy } from "../../core/net/public-url.ts";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";

/** A tenant's own model, as it is set. */
export interface EndpointInput {
  baseUrl: string;
  model: string;
  key?: string | undefined;
}

/**
 * Sets the OpenAI-compatible endpoint that writes the tenant's summaries; it holds within 15 s. Its key is kept sealed.
 * @throws Log0Error invalid_url
 */
export async function setEndpoint(
  scope: TenantScope,
  input: EndpointInput,
  urls: UrlPolicy,
  actor: string,
): Promise<void> {
  const { model, key } = input;
  const { href: baseUrl, host } = publicUrl(input.baseUrl, urls);
  const ai: TenantSettings["ai"] = {
    baseUrl,
    model,
    ...(key === undefined ? {} : { sealedKey: await scope.secrets().seal(scope.tenantId, key, scope.random(12)) }),
  };
  await scope.db.batch([
    scope.db
      .update(tenants)
      .set({ settings: sql`json_set(${tenants.settings}, '$.ai', json(${JSON.stringify(ai)}))` })
      .where(eq(tenants.id, scope.tenantId)),
    // The host alone: a path may hold a token.
    auditIfChanged(scope, {
      actor,
      action: "ai-endpoint.set",
      target: "ai-endpoint",
      detail: { host, model, hasKey: key !== undefined },
    }),
  ]);
}

/** Takes it away: the platform's model writes again. */
export async function removeEndpoint(scope: TenantScope, actor: string): Promise<void> {
  await scope.db.batch([
    scope.db
      .update(tenants)
      .set({ settings: sql`json_remove(${tenants.settings}, '$.ai')` })
      .where(and(eq(tenants.id, scope.tenantId), sql`json_type(${tenants.settings}, '$.ai') IS NOT NULL`)),
    auditIfChanged(scope, { actor, action: "ai-endpoint.removed", target: "ai-endpoint" }),
  ]);
}
