import { and, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { isQuiet } from "../../core/incidents/quiet.ts";
import { renderDiscord } from "../../core/notifications/discord.ts";
import { type Happening, incidentNotice } from "../../core/notifications/notice.ts";
import { quietUntil } from "../../core/notifications/quiet-hours.ts";
import { incidentMessage } from "../../core/notifications/webhook.ts";
import type { Routing } from "../../schema/contracts/channels.ts";
import type { NotificationEvent } from "../../schema/contracts/notification-event.ts";
import { incidentHistory } from "../../schema/tables/incidents.ts";
import { showInSlack } from "../notifications/show-in-slack.ts";
import { slackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";
import { type ChannelAccess, mailerOf } from "./access.ts";
import { type LoadedChannel, openSecret } from "./channel.ts";
import { checkChannelUrl } from "./check-channel-url.ts";
import { type Claim, isSettled, noteProgress, takePlace, underClaim } from "./claim.ts";
import { isPostedInSlack } from "./is-posted-in-slack.ts";
import { reach } from "./reach.ts";
import { presentRecipients } from "./recipients.ts";
import { editInDiscord, postToDiscord } from "./send-discord.ts";
import { recipientsDone, sendEmail } from "./send-email.ts";
import { sendWebhook } from "./send-webhook.ts";

/** A notice on its way to one channel. */
export interface Delivery {
  channel: LoadedChannel;
  event: NotificationEvent;
  /** In its present state. */
  incident: Incident;
  routing: Routing;
  access: ChannelAccess;
}

/** Until when a notice that would make somebody look up is held back; undefined when it may go. */
async function holdOf(scope: TenantScope, claim: Claim, { incident, routing }: Delivery): Promise<number | undefined> {
  const end = quietUntil(routing.quietHours, incident.severity, scope.now());
  return end ?? (await takePlace(scope, claim, routing.throttle));
}

/** One message an incident, which Slack shows in its present state. An edit makes nobody look up: it is never held back. */
async function toSlack(scope: TenantScope, delivery: Delivery): Promise<void> {
  const { channel, incident, event, routing, access } = delivery;
  const { config, id: channelId } = channel;
  await reach(scope, channelId, async () => {
    const target = await slackTarget(scope, access.slack, "channel" in config ? config.channel : undefined);
    if (target === undefined) throw new Log0Error("delivery_failed", "no Slack is connected");
    if (!(await isPostedInSlack(scope, incident.id, target.channel))) {
      if (isQuiet(incident, scope.now(), event.notificationType)) return false;
      const heldUntil = quietUntil(routing.quietHours, incident.severity, scope.now());
      if (heldUntil !== undefined) {
        const key = { channelId, noticeKey: `incident:${incident.id}`, incidentId: incident.id };
        await underClaim(scope, key, async (claim) => (claim.digestId === null ? { heldUntil } : {}));
        return false;
      }
    }
    return await showInSlack(scope, incident.id, target);
  });
}

/** An escalation is a message of its own: of an edit nobody would hear. */
function escalationToDiscord(scope: TenantScope, delivery: Delivery): Promise<void> {
  const { channel, incident, access } = delivery;
  return once(scope, delivery, async (_claim, _id, happening) => {
    const url = checkChannelUrl("discord", (await openSecret(scope, channel)).url, access.urls);
    await postToDiscord(url, renderDiscord(incidentNotice(incident, happening, access.publicUrl)), scope.now());
  });
}

/** One message an incident, edited in place; what is older than what it shows is skipped. */
async function toDiscord(scope: TenantScope, delivery: Delivery): Promise<void> {
  const { channel, incident, event, access } = delivery;
  if (event.notificationType === "INCIDENT_ESCALATED") return await escalationToDiscord(scope, delivery);
  const key = { channelId: channel.id, noticeKey: `incident:${incident.id}`, incidentId: incident.id };
  await underClaim(scope, key, async (claim) => {
    const { handle, shownVersion } = claim;
    if (shownVersion >= incident.version) return {};
    if (handle === null) {
      if (isQuiet(incident, scope.now(), event.notificationType)) return {};
      const heldUntil = await holdOf(scope, claim, delivery);
      if (heldUntil !== undefined) return { heldUntil: claim.heldUntil ?? heldUntil };
    }
    // A message that stays says what the incident is, not what happened to it last.
    const message = renderDiscord(incidentNotice(incident, "INCIDENT_CREATED", access.publicUrl));
    const posted = await reach(scope, channel.id, async () => {
      const url = checkChannelUrl("discord", (await openSecret(scope, channel)).url, access.urls);
      if (handle === null) return await postToDiscord(url, message, scope.now());
      await editInDiscord(url, handle, message, scope.now());
      return handle;
    });
    const held = claim.digestId === null ? { heldUntil: null } : {};
    return { shownVersion: incident.version, handle: posted, ...held };
  });
}

/**
 * What one e-mail, or one call of a webhook, tells of: one event. Of the counts and comments of an open incident only the
 * first is told, and the first after a snooze is over; whoever wants to follow the others asks the API.
 */
async function happeningOf(scope: TenantScope, { event, incident }: Delivery): Promise<[Happening, noticeKey: string]> {
  const { notificationType, eventId } = event;
  if (notificationType !== "INCIDENT_CREATED") return [notificationType, `event:${eventId}`];
  const { tenantId, incidentId, change } = incidentHistory;
  const woken = await scope.db.$count(
    incidentHistory,
    and(eq(tenantId, scope.tenantId), eq(incidentId, incident.id), eq(change, "WOKEN")),
  );
  if (woken === 0) return [notificationType, `created:${incident.id}`];
  return ["INCIDENT_WOKEN", `woken:${incident.id}:${woken}`];
}

async function once(
  scope: TenantScope,
  delivery: Delivery,
  send: (claim: Claim, id: string, happening: Happening) => Promise<void>,
): Promise<void> {
  const { channel, incident, event } = delivery;
  const [happening, noticeKey] = await happeningOf(scope, delivery);
  const key = { channelId: channel.id, noticeKey, incidentId: incident.id };
  // Most events of an open incident bring nothing new: a look costs less than a claim.
  if (await isSettled(scope, key)) return;
  await underClaim(scope, key, async (claim) => {
    if (claim.shownVersion > 0 || claim.heldUntil !== null) return {};
    // Half of the recipients may have it: then the others get it, too.
    if (claim.handle === null) {
      if (isQuiet(incident, scope.now(), event.notificationType)) return {};
      const heldUntil = await holdOf(scope, claim, delivery);
      if (heldUntil !== undefined) return { heldUntil };
    }
    await reach(scope, channel.id, () => send(claim, uuidOfText(`${channel.id}:${noticeKey}`), happening));
    return { shownVersion: incident.version };
  });
}

function toEmail(scope: TenantScope, delivery: Delivery): Promise<void> {
  const { channel, incident, access } = delivery;
  return once(scope, delivery, async (claim, id, happening) => {
    const notice = incidentNotice(incident, happening, access.publicUrl);
    const recipients = await presentRecipients(scope, "to" in channel.config ? channel.config.to : [], access);
    const mail = { notice, id, thread: `incident-${incident.id}`, at: scope.now() };
    await sendEmail(mailerOf(access), mail, recipients, recipientsDone(claim.handle), (done) =>
      noteProgress(scope, claim, { handle: JSON.stringify(done) }),
    );
  });
}

function toWebhook(scope: TenantScope, delivery: Delivery): Promise<void> {
  const { channel, incident, access } = delivery;
  return once(scope, delivery, async (_claim, id, happening) => {
    const { url, signingSecret } = await openSecret(scope, channel);
    const message = incidentMessage(incident, happening, scope.tenantId, access.publicUrl);
    await sendWebhook(checkChannelUrl("webhook", url, access.urls), signingSecret, message, `msg_${id}`, scope.now());
  });
}

const SENDERS = { slack: toSlack, email: toEmail, discord: toDiscord, webhook: toWebhook } as const;

/**
 * Delivers a notice to one channel, once, unless it is held back. Only a timeout whose outcome is unknown may send twice.
 * @throws Log0Error delivery_failed, invalid_url
 */
export function deliverNotice(scope: TenantScope, delivery: Delivery): Promise<void> {
  return SENDERS[delivery.channel.kind](scope, delivery);
}
