import { and, eq } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { renderIncident } from "../../core/notifications/slack-message.ts";
import { regressionNotice } from "../../core/notifications/slack-notice.ts";
import type { WindowCount } from "../../core/notifications/slack-sparkline.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { slackMessages } from "../../schema/tables/slack.ts";
import { users } from "../../schema/tables/tenants.ts";
import { foundIn } from "../incidents/get.ts";
import { windowCounts } from "../incidents/sql.ts";
import type { TenantScope } from "../platform.ts";
import { type ClaimedMessage, claimMessage, notePost, type Shown, withMessage } from "../slack/claim-message.ts";
import { withHealth } from "../slack/note-health.ts";
import { showGroup } from "../slack/show-group.ts";
import { tellAssignee } from "../slack/tell-assignee.ts";
import { markTold, type ToldChange, tellOnce, tellThread, toldChanges } from "../slack/tell-thread.ts";
import { type PostedMessage, postMessage, postText, updateMessage } from "./slack-api.ts";
import { SlackError } from "./slack-error.ts";
import type { SlackTarget } from "./slack-target.ts";

export type { SlackTarget } from "./slack-target.ts";

/** What a message shows, read in one transaction. */
interface PresentState {
  incident: Incident;
  windows: WindowCount[];
  changes: ToldChange[];
  assignee: string | undefined;
}

async function presentState(scope: TenantScope, incidentId: string): Promise<PresentState> {
  const mine = and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId));
  const [found, windows, changes, assigned] = await scope.db.batch([
    scope.db.select().from(incidents).where(mine),
    windowCounts(scope, incidentId),
    toldChanges(scope, incidentId),
    scope.db
      .select({ email: users.email })
      .from(incidents)
      .innerJoin(users, and(eq(users.tenantId, scope.tenantId), eq(users.id, incidents.assigneeId)))
      .where(mine),
  ]);
  return { incident: foundIn(found), windows, changes, assignee: assigned[0]?.email };
}

/** Whether an incident of a flood stands alone: somebody has acted on it, or it is more than one of many. */
function standsAlone({ incident, changes }: PresentState): boolean {
  const byPeople = changes.some(({ actor }) => actor !== "system" && !actor.startsWith("rule:"));
  return byPeople || incident.escalatedAt !== null;
}

/** Tells in the thread of the incident before that it has come back. */
async function tellOfRegression(scope: TenantScope, incident: Incident, target: SlackTarget, sender: string) {
  if (incident.regressionOf === null) return;
  const { tenantId, incidentId, channel } = slackMessages;
  const before = await scope.db
    .select()
    .from(slackMessages)
    .where(and(eq(tenantId, scope.tenantId), eq(incidentId, incident.regressionOf), eq(channel, target.channel)))
    .get();
  if (before === undefined || before.sender !== sender) return;
  const { postedChannel, ts } = before;
  if (postedChannel === null || ts === null) return;
  const notice = { incidentId: incident.id, eventId: `regression:${incident.id}`, target: target.channel };
  await tellOnce(scope, notice, () =>
    reply(target, { channel: postedChannel, ts }, regressionNotice(incident, target.publicUrl)),
  );
}

/** @returns undefined when somebody has deleted the message that the thread hangs on */
function reply(target: SlackTarget, { channel, ts }: PostedMessage, text: string) {
  return postText(target, channel, text, ts).catch((error: unknown) => {
    if (error instanceof SlackError && error.saysGone) return undefined;
    throw error;
  });
}

/** Posts or edits the message, with what belongs to it. */
async function bring(
  scope: TenantScope,
  claimed: ClaimedMessage,
  state: PresentState,
  target: SlackTarget,
  note: (shown: Shown) => void,
): Promise<void> {
  const { incident, windows, changes, assignee } = state;
  const { channel } = claimed;
  const message = renderIncident(incident, {
    publicUrl: target.publicUrl,
    tenantId: target.interactive === true ? scope.tenantId : undefined,
    windows,
    assignee,
    mayBeDouble: claimed.mayBeDoubled > 0,
  });
  const posted =
    claimed.posted ??
    (await postMessage(target, channel, message).catch((error: unknown) => {
      note({ unknownPost: error instanceof SlackError && error.unknown });
      throw error;
    }));
  // From here on a failure is followed by an edit of this message, not by another post.
  note({ posted });
  if (claimed.posted === undefined) {
    await notePost(scope, claimed, posted).catch((error: unknown) => {
      console.warn({ message: "a post will be noted later", incidentId: incident.id, error: errorMessage(error) });
    });
  }
  if (claimed.shownVersion === 0) {
    // The message has just been posted, or an earlier try did not come further: it shows all that happened before.
    const ids = changes.map(({ id }) => id);
    await markTold(scope, incident.id, channel, ids);
    await tellOfRegression(scope, incident, target, claimed.sender);
  } else {
    await tellThread(scope, incident.id, channel, changes, (text) => reply(target, posted, text));
  }
  await tellAssignee(scope, incident, target, changes);
  // Deleted by hand, it stays away.
  if (claimed.posted !== undefined) await updateMessage(target, posted, message);
  note({ shownVersion: incident.version });
}

/**
 * Brings the incident's one Slack message to its present state: posts it, or edits it in place; replies in its thread,
 * and tells the assignee. In a flood it is shown in the one message of the flood, until somebody acts on it. Skips what is
 * already shown. Only a timeout whose outcome is unknown may post it twice, and then the message says so.
 * @returns whether that took a call to Slack
 * @throws Log0Error not_found, delivery_failed; conflict, not permanent, while another sender is at it
 */
export async function showInSlack(scope: TenantScope, incidentId: string, target: SlackTarget): Promise<boolean> {
  return await withHealth(scope, target, async () => {
    let sent = false;
    const claimed = await claimMessage(scope, incidentId, target, "incident");
    await withMessage(scope, claimed, async (note) => {
      const state = await presentState(scope, incidentId);
      if (claimed.shownVersion >= state.incident.version) return;
      if (claimed.groupId !== null && claimed.posted === undefined && !standsAlone(state)) return;
      await bring(scope, claimed, state, target, note);
      sent = true;
    });
    if (claimed.groupId === null) return sent;
    return (await showGroup(scope, claimed.groupId, target)) || sent;
  });
}
