import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { TenantId } from "../contracts/tenant-id.ts";

/** A tenant's own Slack: its workspace, by OAuth or by a token that was pasted. Without a row the platform's serves. */
export const slackInstalls = sqliteTable("slack_installs", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  /** How it was installed: through the platform's app, or an app of the tenant's own. */
  kind: text({ enum: ["oauth", "token"] }).notNull(),
  teamId: text("team_id").notNull(),
  teamName: text("team_name").notNull(),
  botUserId: text("bot_user_id").notNull(),
  /** Sealed, as is the next one (core/auth/seal.ts). */
  botToken: text("bot_token").notNull(),
  /** Of the tenant's own app; null when the platform's app signs. */
  signingSecret: text("signing_secret"),
  /** `user:<id>` or `key:<id>`. */
  actor: text().notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  /** Why nothing arrives at present, in Slack's word; null when it works. */
  error: text(),
  /** The first failure after the last success, Unix ms. */
  brokenSince: integer("broken_since"),
});

/** One row an incident (or group of incidents) and channel: the claim that makes one post, and the handle that edits it. */
export const slackMessages = sqliteTable(
  "slack_messages",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** Of a group: its own id. */
    incidentId: text("incident_id").notNull(),
    /** As it was named to us. */
    channel: text().notNull(),
    /** Slack's id of the channel and the message, once posted. */
    postedChannel: text("posted_channel"),
    ts: text(),
    /** Which bot posted it, and alone may edit it. */
    sender: text(),
    /** Version of the incident that the message shows; 0 before the post. */
    shownVersion: integer("shown_version").notNull(),
    /** When it was first to be posted: what a flood is counted by. Null for a group. */
    wantedAt: integer("wanted_at"),
    /** The group that tells of it in a flood. */
    groupId: text("group_id"),
    /** Posts whose outcome is unknown: so many more messages may be there. */
    mayBeDoubled: integer("may_be_doubled").notNull().default(0),
    /** Who may post or edit until `lease_until` (Unix ms). */
    leaseToken: text("lease_token"),
    leaseUntil: integer("lease_until").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.incidentId, table.channel] }),
    index("slack_messages_wanted").on(table.tenantId, table.channel, table.wantedAt),
    index("slack_messages_group").on(table.tenantId, table.groupId).where(sql`group_id IS NOT NULL`),
  ],
);

/** Replies in a thread and direct messages: one a change of an incident. */
export const slackNotices = sqliteTable(
  "slack_notices",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** The row of the history that it tells of. */
    eventId: text("event_id").notNull(),
    /** The channel as it was named to us; `@` for the direct message. */
    target: text().notNull(),
    incidentId: text("incident_id").notNull(),
    /** Null while it is on its way, or when Slack never said whether it arrived; empty when there was nothing to send. */
    ts: text(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.eventId, table.target] })],
);

/** Accounts of Slack, as Slack described them: who is behind a click, and where an engineer gets a direct message. */
export const slackUsers = sqliteTable(
  "slack_users",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    teamId: text("team_id").notNull(),
    slackUserId: text("slack_user_id").notNull(),
    /** Lower case; null when nobody may act through this account: a bot, a guest of another workspace, one without e-mail. */
    email: text(),
    /** Of the account's time zone from UTC, in seconds. */
    utcOffset: integer("utc_offset").notNull(),
    fetchedAt: integer("fetched_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.teamId, table.slackUserId] }),
    index("slack_users_email").on(table.tenantId, table.teamId, table.email),
  ],
);

/** Requests that are taken once: signatures of interactions, states of an installation. */
export const slackRequests = sqliteTable(
  "slack_requests",
  {
    signature: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    at: integer().notNull(),
  },
  (table) => [index("slack_requests_at").on(table.at)],
);
