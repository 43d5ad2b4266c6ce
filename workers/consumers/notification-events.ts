import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import { DigestEvent } from "../../schema/contracts/channels.ts";
import { NotificationEvent } from "../../schema/contracts/notification-event.ts";
import { notify } from "../../services/notifications/notify.ts";
import { tellDigest } from "../../services/notifications/tell-digest.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { channelAccess } from "../channel-access.ts";
import type { Env } from "../env.ts";
import { consumeEach, tenantOf } from "./consume.ts";

const Body = z.discriminatedUnion("type", [NotificationEvent, DigestEvent]);

/** Messages that are delivered one after the other: those for one tenant and channel. */
function lanesOf(messages: readonly Message[]): Message[][] {
  const lanes = new Map<string, Message[]>();
  for (const message of messages) {
    const { body } = message;
    const channelId = typeof body === "object" && body !== null && "channelId" in body ? String(body.channelId) : "";
    const lane = `${tenantOf(body)}:${channelId}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), message]);
  }
  return [...lanes.values()];
}

/** `notification-events` → the tenant's channels. A receiver that takes its time holds up nobody else's messages. */
export async function consumeNotificationEvents(batch: MessageBatch, platform: Platform, env: Env): Promise<void> {
  // Nobody is told anything while a tenant is suspended. What happened stands in its incidents.
  const rests = () => true;
  const spec = { queue: "notification-events", stage: "notification-service", attempts: 9, rests } as const;
  const access = channelAccess(env);
  const handle = async (body: unknown) => {
    const message = Body.safeParse(body);
    if (!message.success) {
      throw new Log0Error("invalid_message", `not a notification: ${message.error.issues[0]?.message}`);
    }
    const scope = scopeTo(platform, message.data.tenantId);
    if (message.data.type === "DIGEST_EVENT") await tellDigest(scope, message.data, access);
    else await notify(scope, message.data, access);
  };
  await Promise.all(lanesOf(batch.messages).map((messages) => consumeEach({ messages }, platform, spec, handle)));
}
