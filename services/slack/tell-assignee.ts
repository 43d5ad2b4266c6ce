import { and, eq } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { renderAssignment } from "../../core/notifications/slack-notice.ts";
import { users } from "../../schema/tables/tenants.ts";
import { openConversation, postText } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { SlackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";
import { findSlackUser } from "./identify-user.ts";
import { teamOf } from "./team-of.ts";
import { markTold, type ToldChange, tellOnce, untold } from "./tell-thread.ts";

/** Where direct messages are noted; no channel has such a name. */
const DIRECT = "@";

/**
 * Tells an engineer in a direct message that an incident is theirs: once an assignment, and only of the last one.
 * Whom Slack does not know is not told. A message that Slack refuses for good keeps nothing else from being shown.
 * @throws SlackError where another try may help
 */
export async function tellAssignee(
  scope: TenantScope,
  incident: Incident,
  target: SlackTarget,
  changes: readonly ToldChange[],
): Promise<void> {
  const fresh = await untold(
    scope,
    DIRECT,
    changes.filter(({ change }) => change === "ASSIGNED"),
  );
  const last = fresh.at(-1);
  if (last === undefined) return;
  const current = incident.status !== "RESOLVED" && last.subject !== null && last.subject === incident.assigneeId;
  const ids = fresh.filter(({ id }) => !current || id !== last.id).map(({ id }) => id);
  await markTold(scope, incident.id, DIRECT, ids);
  if (!current || last.subject === null) return;
  const assignee = await scope.db
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), eq(users.id, last.subject)))
    .get();
  if (assignee === undefined) return await markTold(scope, incident.id, DIRECT, [last.id]);
  try {
    await tellOnce(scope, { incidentId: incident.id, eventId: last.id, target: DIRECT }, async () => {
      const account = await findSlackUser(scope, target, await teamOf(target, scope.now()), assignee.email);
      if (account === undefined) return undefined;
      const conversation = await openConversation(target, account);
      return await postText(target, conversation, renderAssignment(incident, last, target.publicUrl));
    });
  } catch (error) {
    // An app that may not write direct messages still shows the incident; a token that is gone shows nothing.
    const direct = error instanceof SlackError && (error.reason === "missing_scope" || !error.breaksInstall);
    if (!direct || !error.permanent) throw error;
    console.warn({ message: "an assignee cannot be told", incidentId: incident.id, error: errorMessage(error) });
    await markTold(scope, incident.id, DIRECT, [last.id]);
  }
}
