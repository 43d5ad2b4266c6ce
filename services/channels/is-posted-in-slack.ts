import { and, eq, isNotNull, or } from "drizzle-orm";
import { slackMessages } from "../../schema/tables/slack.ts";
import type { TenantScope } from "../platform.ts";

/** Whether Slack shows an incident in a channel already, by itself or in the message of a flood. */
export async function isPostedInSlack(scope: TenantScope, incidentId: string, channel: string): Promise<boolean> {
  const row = await scope.db
    .select({ ts: slackMessages.ts })
    .from(slackMessages)
    .where(
      and(
        eq(slackMessages.tenantId, scope.tenantId),
        eq(slackMessages.incidentId, incidentId),
        eq(slackMessages.channel, channel),
        or(isNotNull(slackMessages.ts), isNotNull(slackMessages.groupId)),
      ),
    )
    .get();
  return row !== undefined;
}
