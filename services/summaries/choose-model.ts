import { publicUrl, type UrlPolicy } from "../../core/net/public-url.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import type { SummaryModel } from "./model.ts";
import { openAi } from "./openai.ts";

/** What a deployment offers for summaries. */
export interface Summarizers {
  /** The platform's model; undefined where summaries are extractive. */
  platform: SummaryModel | undefined;
  /** How long a tenant's own endpoint has for an answer, ms. */
  timeoutMs: number;
  urls: UrlPolicy;
}

/**
 * The model that summarizes for a tenant: its own where it has set one, never the platform's instead, because a tenant
 * may have chosen where its logs go. It gets the tenant's key and no other.
 * @throws Log0Error invalid_url, when its endpoint is none that may be called
 */
export async function chooseModel(
  scope: TenantScope,
  { platform, timeoutMs, urls }: Summarizers,
): Promise<SummaryModel | undefined> {
  const { ai } = (await loadTenant(scope)).settings;
  if (ai === undefined) return platform;
  const key = ai.sealedKey === undefined ? undefined : await scope.secrets().open(scope.tenantId, ai.sealedKey);
  const baseUrl = publicUrl(ai.baseUrl, urls);
  return openAi({ baseUrl, key, name: ai.model, tenantId: scope.tenantId, timeoutMs, now: scope.now });
}
