import { errorMessage, Log0Error } from "../../core/errors.ts";
import { snoozeEnd } from "../../core/notifications/slack-actions.ts";
import type { Interaction } from "../../core/notifications/slack-interaction.ts";
import { assignModal, messageModal } from "../../core/notifications/slack-modal.ts";
import { escapeMrkdwn } from "../../core/notifications/slack-text.ts";
import { acknowledgeIncident } from "../incidents/acknowledge.ts";
import { assignIncident } from "../incidents/assign.ts";
import { getIncident } from "../incidents/get.ts";
import { resolveIncident } from "../incidents/resolve.ts";
import { snoozeIncident } from "../incidents/snooze.ts";
import { openView, postEphemeral, respond, updateView } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import { type SlackDefaults, type SlackTarget, slackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";
import { identifyUser, type SlackPerson } from "./identify-user.ts";
import { listEngineers } from "./list-engineers.ts";
import { withHealth } from "./note-health.ts";
import { teamOf } from "./team-of.ts";

const NOT_YOURS = "Only engineers of this log0 tenant may do that: your Slack e-mail is not one of theirs.";
const VIEWER = "You may look at incidents, but not change them.";
const TROUBLE = "That did not work. Please try again.";

/** Who clicked. @throws Log0Error unauthorized, in words for the clicker, when they may change nothing */
async function clicker(scope: TenantScope, target: SlackTarget, interaction: Interaction): Promise<SlackPerson> {
  const { teamId, slackUserId } = interaction;
  // The platform's app signs for every workspace that it is installed in: it must be the one that this tenant hears from.
  if ((await teamOf(target, scope.now())) !== teamId) throw new Log0Error("unauthorized", NOT_YOURS);
  const person = await identifyUser(scope, target, teamId, slackUserId).catch((error: unknown) => {
    if (error instanceof SlackError && error.reason === "user_not_found") return undefined;
    throw error;
  });
  if (person === undefined) throw new Log0Error("unauthorized", NOT_YOURS);
  if (person.role === "viewer") throw new Log0Error("unauthorized", VIEWER);
  return person;
}

/** What the clicker reads when their wish was not carried out. */
function explain(error: unknown): string {
  if (!(error instanceof Log0Error) || error instanceof SlackError) return TROUBLE;
  const text = error.code === "conflict" ? `Somebody was faster: ${error.message}.` : error.message;
  return escapeMrkdwn(text);
}

/** The trigger lives 3 seconds: the modal opens at once, and becomes the form when it is known who asks. */
async function askAssignee(
  scope: TenantScope,
  target: SlackTarget,
  interaction: Interaction,
  triggerId: string,
): Promise<void> {
  const origin = { ...interaction.ref, channel: interaction.channel };
  const viewId = await openView(target, triggerId, messageModal(origin, "One moment…"));
  try {
    await clicker(scope, target, interaction);
    const [incident, engineers] = await Promise.all([
      getIncident(scope, interaction.ref.incidentId),
      listEngineers(scope),
    ]);
    const view =
      engineers.length === 0
        ? messageModal(origin, "There is nobody to assign it to: this tenant has no engineers yet.")
        : assignModal({ ...origin, from: incident.assigneeId }, incident, engineers);
    await updateView(target, viewId, view);
  } catch (error) {
    await updateView(target, viewId, messageModal(origin, explain(error)));
    throw error;
  }
}

async function change(
  scope: TenantScope,
  target: SlackTarget,
  { ref: { incidentId }, wish, ...interaction }: Interaction,
): Promise<void> {
  const person = await clicker(scope, target, { ref: { tenantId: scope.tenantId, incidentId }, wish, ...interaction });
  const actor = `slack:${interaction.slackUserId}`;
  switch (wish.what) {
    case "acknowledge":
      await acknowledgeIncident(scope, incidentId, actor);
      return;
    case "resolve":
      await resolveIncident(scope, incidentId, actor);
      return;
    case "snooze":
      await snoozeIncident(scope, incidentId, snoozeEnd(wish.snooze, scope.now(), person.utcOffset), actor);
      return;
    case "assign": {
      const { assigneeId, from, note } = wish;
      await assignIncident(scope, incidentId, { assigneeId, from, actor, note });
    }
  }
}

/** Tells the clicker, and nobody else. */
async function tell(target: SlackTarget, interaction: Interaction, text: string): Promise<void> {
  const { responseUrl, channel, slackUserId } = interaction;
  if (responseUrl !== undefined && (await respond(target.apiUrl, responseUrl, text))) return;
  if (channel !== undefined) await postEphemeral(target, channel, slackUserId, text);
}

/**
 * Carries out what somebody asked for by a click, as that person, if they may. Of two at once one wins, and the other is
 * told how the incident stands. Never throws: Slack was answered long ago.
 * @param interaction proven to come from the tenant's Slack
 */
export async function carryOut(scope: TenantScope, defaults: SlackDefaults, interaction: Interaction): Promise<void> {
  const { wish } = interaction;
  let target: SlackTarget | undefined;
  try {
    const found = await slackTarget(scope, defaults);
    if (found === undefined) return;
    target = found;
    await withHealth(scope, found, async () => {
      if (wish.what === "ask-assignee") await askAssignee(scope, found, interaction, wish.triggerId);
      else await change(scope, found, interaction);
      // Who clicked is remembered: a change may have asked Slack nothing.
      return wish.what === "ask-assignee";
    });
  } catch (error) {
    const known = error instanceof Log0Error && !(error instanceof SlackError);
    if (!known) console.warn({ message: "a click was not carried out", wish: wish.what, error: errorMessage(error) });
    if (target === undefined) return;
    await tell(target, interaction, explain(error)).catch((failure: unknown) => {
      console.warn({ message: "a clicker cannot be told", error: errorMessage(failure) });
    });
  }
}
