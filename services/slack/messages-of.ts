import { and, asc, eq } from "drizzle-orm";
import { slackMessages } from "../../schema/tables/slack.ts";
import type { TenantScope } from "../platform.ts";

/**
 * An incident's messages in Slack, one a channel: Slack's ids once it is posted; the group that shows it in a flood; and
 * how many posts more may be there, because Slack never said whether they arrived.
 */
export function slackMessagesOf(scope: TenantScope, incidentId: string) {
  return scope.db
    .select({
      channel: slackMessages.channel,
      postedChannel: slackMessages.postedChannel,
      ts: slackMessages.ts,
      shownVersion: slackMessages.shownVersion,
      groupId: slackMessages.groupId,
      mayBeDoubled: slackMessages.mayBeDoubled,
    })
    .from(slackMessages)
    .where(and(eq(slackMessages.tenantId, scope.tenantId), eq(slackMessages.incidentId, incidentId)))
    .orderBy(asc(slackMessages.channel));
}
