import type { Incident } from "../../core/incidents/incident.ts";
import { isQuiet } from "../../core/incidents/quiet.ts";
import { channelsFor } from "../../core/notifications/routing.ts";
import type { NotificationEvent } from "../../schema/contracts/notification-event.ts";
import type { ChannelAccess } from "../channels/access.ts";
import { listChannels, loadChannel } from "../channels/channel.ts";
import { deliverNotice } from "../channels/deliver-notice.ts";
import { isPostedInSlack } from "../channels/is-posted-in-slack.ts";
import { loadRouting } from "../channels/load-routing.ts";
import { getIncident } from "../incidents/get.ts";
import type { TenantScope } from "../platform.ts";
import { showInSlack } from "./show-in-slack.ts";
import { slackTarget } from "./slack-target.ts";

/** A tenant without channels is told in its Slack, or the platform's. Where there is neither, there is nothing to do. */
async function tellUsualSlack(
  scope: TenantScope,
  event: NotificationEvent,
  incident: Incident,
  access: ChannelAccess,
): Promise<void> {
  const target = await slackTarget(scope, access.slack);
  if (target === undefined) return;
  const quiet = isQuiet(incident, scope.now(), event.notificationType);
  // An edit makes nobody look up, and what stays must be true.
  if (quiet && !(await isPostedInSlack(scope, incident.id, target.channel))) return;
  await showInSlack(scope, incident.id, target);
}

/**
 * Tells of an incident's change where the tenant wants to be told. An event for several channels becomes one event each:
 * so each has its own tries and its own dead letter, and the failure of one neither keeps the others waiting nor makes
 * them send again.
 * @throws Log0Error not_found, delivery_failed, invalid_url
 */
export async function notify(scope: TenantScope, event: NotificationEvent, access: ChannelAccess): Promise<void> {
  const [incident, channels] = await Promise.all([getIncident(scope, event.incidentId), listChannels(scope)]);
  if (channels.length === 0) {
    // One that was split off waits for nothing: its channel is gone.
    if (event.channelId === undefined) await tellUsualSlack(scope, event, incident, access);
    return;
  }
  const { routing } = await loadRouting(scope);
  const enabled = channels.filter((channel) => channel.enabled).map((channel) => channel.id);
  const facts = {
    severity: incident.severity,
    serviceName: incident.serviceName,
    environment: incident.environment,
    type: event.notificationType,
  };
  const { channelId } = event;
  const chosen =
    channelId === undefined ? channelsFor(routing, facts, enabled) : enabled.filter((id) => id === channelId);
  const [first, ...others] = chosen;
  if (first === undefined) return;
  if (others.length > 0) {
    // Each channel shows the present state: without its texts, the event fits fifty times into one batch of 256 KB.
    const brief = { ...event, topMessages: [], aiSummary: null };
    const messages = chosen.map((id) => ({ body: { ...brief, channelId: id }, contentType: "json" as const }));
    await scope.queues["notification-events"].sendBatch(messages);
    return;
  }
  await deliverNotice(scope, { channel: await loadChannel(scope, first), event, incident, routing, access });
}
