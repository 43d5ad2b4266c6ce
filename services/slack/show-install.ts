import { eq } from "drizzle-orm";
import { slackInstalls } from "../../schema/tables/slack.ts";
import type { TenantScope } from "../platform.ts";

/** A tenant's own Slack as it may be shown: no secret. Null when the platform's serves. Times in Unix ms. */
export async function showInstall(scope: TenantScope) {
  const row = await scope.db.select().from(slackInstalls).where(eq(slackInstalls.tenantId, scope.tenantId)).get();
  if (row === undefined) return null;
  const { kind, teamId, teamName, botUserId, actor, createdAt, updatedAt, error, brokenSince } = row;
  return {
    kind,
    team: { id: teamId, name: teamName },
    botUserId,
    installedBy: actor,
    createdAt,
    updatedAt,
    status: error === null ? ("ok" as const) : ("broken" as const),
    error,
    brokenSince,
  };
}
