import { eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { slackInstalls, slackUsers } from "../../schema/tables/slack.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Forgets a tenant's own Slack and its secrets; from then on the platform's serves. The token itself lives on until the
 * app is removed in Slack.
 * @throws Log0Error not_found
 */
export async function removeInstall(scope: TenantScope, actor: string): Promise<void> {
  const [gone] = await scope.db.batch([
    scope.db.delete(slackInstalls).where(eq(slackInstalls.tenantId, scope.tenantId)).returning({
      tenantId: slackInstalls.tenantId,
    }),
    auditIfChanged(scope, { actor, action: "slack.removed", target: "slack" }),
    scope.db.delete(slackUsers).where(eq(slackUsers.tenantId, scope.tenantId)),
  ]);
  if (gone.length === 0) throw new Log0Error("not_found", "no Slack is installed");
}
