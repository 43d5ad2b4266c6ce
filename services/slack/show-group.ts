import { and, desc, eq, sql } from "drizzle-orm";
import { GROUP_NAMED, type IncidentGroup, renderGroup } from "../../core/notifications/slack-group.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { slackMessages } from "../../schema/tables/slack.ts";
import { incidentOf } from "../incidents/get.ts";
import { postMessage, updateMessage } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { SlackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";
import { claimMessage, withMessage } from "./claim-message.ts";

/** A group's present state, and a version that grows with each incident that joins and each that changes its state. */
async function loadGroup(scope: TenantScope, groupId: string): Promise<IncidentGroup & { version: number }> {
  const member = and(
    eq(slackMessages.tenantId, scope.tenantId),
    eq(slackMessages.groupId, groupId),
    eq(incidents.tenantId, scope.tenantId),
    eq(incidents.id, slackMessages.incidentId),
  );
  const [named, [counted]] = await scope.db.batch([
    scope.db
      .select({ incident: incidents })
      .from(slackMessages)
      .innerJoin(incidents, member)
      .where(member)
      .orderBy(desc(incidents.createdAt), desc(incidents.id))
      .limit(GROUP_NAMED),
    scope.db
      .select({
        total: sql<number>`count(*)`,
        services: sql<number>`count(DISTINCT ${incidents.serviceName})`,
        service: sql<string>`coalesce(max(${incidents.serviceName}), '')`,
        span: sql<number>`coalesce(max(${slackMessages.wantedAt}) - min(${slackMessages.wantedAt}), 0)`,
        open: sql<number>`coalesce(sum(${incidents.status} <> 'RESOLVED'), 0)`,
        version: sql<number>`coalesce(sum(CASE ${incidents.status}
          WHEN 'NEW' THEN 1 WHEN 'ASSIGNED' THEN 2 WHEN 'ACKNOWLEDGED' THEN 3 ELSE 4 END), 0)`,
      })
      .from(slackMessages)
      .innerJoin(incidents, member)
      .where(member),
  ]);
  if (counted === undefined) throw new Error("an aggregate has one row");
  return { ...counted, named: named.map(({ incident }) => incidentOf(incident)) };
}

/**
 * Brings the one message of a flood to its present state: posts it, or edits it in place.
 * @returns whether that took a call to Slack
 * @throws Log0Error delivery_failed
 */
export async function showGroup(scope: TenantScope, groupId: string, target: SlackTarget): Promise<boolean> {
  const claimed = await claimMessage(scope, groupId, target, "group");
  let sent = false;
  await withMessage(scope, claimed, async (note) => {
    const group = await loadGroup(scope, groupId);
    // A merge that is taken back may lower it: what differs is not shown yet, because it was read under the claim.
    if (claimed.shownVersion === group.version) return;
    const tenantId = target.interactive === true ? scope.tenantId : undefined;
    const message = renderGroup(group, {
      publicUrl: target.publicUrl,
      tenantId,
      mayBeDouble: claimed.mayBeDoubled > 0,
    });
    // Deleted by hand it comes again: nothing else tells of those that have joined since.
    if (claimed.posted === undefined || !(await updateMessage(target, claimed.posted, message))) {
      const posted = await postMessage(target, claimed.channel, message).catch((error: unknown) => {
        note({ unknownPost: error instanceof SlackError && error.unknown });
        throw error;
      });
      note({ posted });
    }
    note({ shownVersion: group.version });
    sent = true;
  });
  return sent;
}
