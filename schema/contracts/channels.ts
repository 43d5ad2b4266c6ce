import * as z from "zod";
import { Severity } from "./levels.ts";
import { NotificationType } from "./notification-event.ts";

export const CHANNEL_KINDS = ["slack", "email", "discord", "webhook"] as const;
export const ChannelKind = z.enum(CHANNEL_KINDS);
export type ChannelKind = z.infer<typeof ChannelKind>;

/** Channels of one tenant, and recipients of one e-mail channel. */
export const MAX_CHANNELS = 50;
const MAX_RECIPIENTS = 20;

const Name = z.string().trim().min(1).max(100).describe("Unique within the tenant");
const SlackName = z.string().min(1).max(100).describe("Slack's name or id of the channel");
const Recipients = z.array(z.email().max(254)).min(1).max(MAX_RECIPIENTS);
const Url = z.string().min(1).max(2_048).describe("https, of a public host. A secret: it is never shown again");

const common = { name: Name, enabled: z.boolean().default(true) };

/** What a channel is made from. */
export const NewChannel = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("slack"), ...common, channel: SlackName }),
  z.strictObject({ kind: z.literal("email"), ...common, to: Recipients }),
  z.strictObject({ kind: z.literal("discord"), ...common, url: Url }),
  z.strictObject({ kind: z.literal("webhook"), ...common, url: Url }),
]);
export type NewChannel = z.infer<typeof NewChannel>;

/** What can be changed of a channel; `channel`, `to` and `url` only where its kind has them. */
export const ChannelChange = z.strictObject({
  name: Name.optional(),
  enabled: z.boolean().optional(),
  channel: SlackName.optional(),
  to: Recipients.optional(),
  url: Url.optional(),
});
export type ChannelChange = z.infer<typeof ChannelChange>;

/** The part of a channel that is no secret, as it is stored. */
export const ChannelConfig = z.union([
  z.strictObject({ channel: SlackName }),
  z.strictObject({ to: Recipients }),
  z.strictObject({ host: z.string().describe("Of the URL, which itself is a secret") }),
]);
export type ChannelConfig = z.infer<typeof ChannelConfig>;

/** The part that is sealed. */
export const ChannelSecret = z.strictObject({
  url: Url,
  signingSecret: z.string().describe("whsec_…, of a webhook").optional(),
});
export type ChannelSecret = z.infer<typeof ChannelSecret>;

const ChannelIds = z.array(z.uuid()).max(MAX_CHANNELS);
const MINUTES_A_DAY = 1_440;

/** What a route asks of an incident and what happened to it. All that is given must hold. */
const Match = z.strictObject({
  severities: z.array(Severity).min(1).optional(),
  services: z.array(z.string().min(1).max(200)).min(1).max(100).describe("`*` stands for any characters").optional(),
  environments: z.array(z.string().min(1).max(200)).min(1).max(100).describe("As `services`").optional(),
  types: z.array(NotificationType).min(1).describe("What happened").optional(),
});

export const Route = z.strictObject({
  name: z.string().min(1).max(100),
  match: Match.default({}),
  channels: ChannelIds.describe("None: nobody is told"),
  continue: z.boolean().default(false).describe("Whether the routes after this one are asked, too"),
});
export type Route = z.infer<typeof Route>;

export const WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;
const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be HH:MM");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Hours in which only the severe is told. From a time to an equal one is a whole day. */
export const QuietHours = z.strictObject({
  timeZone: z.string().max(100).refine(isTimeZone, "must be a time zone, as Europe/Berlin"),
  from: Time,
  to: Time.describe("At or before `from`: on the next day"),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .default([...WEEKDAYS])
    .describe("The days on which they begin"),
  breakThrough: z.array(Severity).default(["CRITICAL"]).describe("Severities that are told all the same"),
});
export type QuietHours = z.infer<typeof QuietHours>;

/** Which notices go to which channels, when, and how many. */
export const Routing = z.strictObject({
  routes: z.array(Route).max(100).default([]).describe("In order: the first one that matches holds"),
  otherwise: ChannelIds.describe("Where no route matches; missing: every channel").optional(),
  quietHours: QuietHours.nullable().default(null),
  throttle: z
    .strictObject({
      notices: z.int().min(1).max(1_000),
      minutes: z.int().min(1).max(MINUTES_A_DAY),
    })
    .nullable()
    .default(null)
    .describe("At most so many notices a channel in so many minutes; the rest comes as one, later"),
  escalation: z
    .strictObject({
      afterMinutes: z.int().min(1).max(MINUTES_A_DAY),
      severities: z.array(Severity).min(1).optional(),
      channels: ChannelIds.min(1),
    })
    .nullable()
    .default(null)
    .describe("Whom to tell when nobody has acknowledged an incident in time"),
});
export type Routing = z.infer<typeof Routing>;

/** Sent to `notification-events` when what was held back for a channel is due. */
export const DigestEvent = z
  .object({
    type: z.literal("DIGEST_EVENT"),
    eventId: z.string().min(1).max(200).describe("Idempotency key, and the mark of the notices that it gathers"),
    tenantId: z.uuid(),
    channelId: z.uuid(),
    schemaVersion: z.literal("v1"),
  })
  .meta({ id: "DigestEvent" });
export type DigestEvent = z.infer<typeof DigestEvent>;
