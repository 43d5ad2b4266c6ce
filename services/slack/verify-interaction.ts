import { eq } from "drizzle-orm";
import { isFreshSlackRequest, isSignedBySlack, type SlackHeaders } from "../../core/auth/slack-signature.ts";
import { Log0Error } from "../../core/errors.ts";
import type { Interaction } from "../../core/notifications/slack-interaction.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";
import { refuseSuspended } from "../tenants/authenticate.ts";
import { loadInstall } from "./load-install.ts";

/** One answer for everything, so that nobody learns which tenants and workspaces there are. */
function refused(): Log0Error {
  return new Log0Error("unauthorized", "the request is not signed by the Slack of this tenant");
}

/**
 * Proves that an interaction comes from the Slack of the tenant that it names. A tenant with an app of its own trusts that
 * app's signing secret alone; others trust the platform's. The workspace must be the install's; the platform's own is
 * asked for when the wish is carried out.
 * @param scope of the tenant that the interaction names, which is not to be believed before this returns
 * @param body raw, as it came
 * @throws Log0Error unauthorized; tenant_suspended, once it is proven
 */
export async function verifyInteraction(
  scope: TenantScope,
  interaction: Interaction,
  headers: SlackHeaders,
  body: Uint8Array,
  platformSecret: string | undefined,
): Promise<void> {
  if (!isFreshSlackRequest(headers.timestamp, scope.now())) throw refused();
  const [install, tenant] = await Promise.all([
    loadInstall(scope),
    // Not through the cache: a tenant that was suspended a moment ago changes nothing.
    scope.db.select({ status: tenants.status }).from(tenants).where(eq(tenants.id, scope.tenantId)).get(),
  ]);
  const secret = install?.signingSecret ?? platformSecret ?? "";
  if (!isSignedBySlack(secret, headers, body)) throw refused();
  if (tenant === undefined || tenant.status === "deleting") throw refused();
  refuseSuspended(tenant.status === "active");
  if (install !== undefined && install.teamId !== interaction.teamId) throw refused();
}
