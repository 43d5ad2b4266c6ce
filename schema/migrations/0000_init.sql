CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`password_hash` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email` ON `accounts` (`email`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`hash` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_hash` ON `invitations` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_open` ON `invitations` (`tenant_id`,`email`) WHERE accepted_at IS NULL AND revoked_at IS NULL;--> statement-breakpoint
CREATE TABLE `password_resets` (
	`hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE INDEX `password_resets_account` ON `password_resets` (`account_id`);--> statement-breakpoint
CREATE INDEX `password_resets_expiry` ON `password_resets` (`expires_at`);--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE INDEX `refresh_tokens_session` ON `refresh_tokens` (`session_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_expiry` ON `refresh_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`method` text NOT NULL,
	`device` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `sessions_account` ON `sessions` (`account_id`);--> statement-breakpoint
CREATE INDEX `sessions_tenant` ON `sessions` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`subject` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`last_at` integer NOT NULL,
	`blocked_until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_last` ON `sign_in_attempts` (`last_at`);--> statement-breakpoint
CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`config` text NOT NULL,
	`secret` text,
	`enabled` integer NOT NULL,
	`failing_since` integer,
	`last_error` text,
	`last_delivered_at` integer,
	`tested_at` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `channels_name` ON `channels` (`tenant_id`,`name`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`tenant_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`notice_key` text NOT NULL,
	`incident_id` text NOT NULL,
	`shown_version` integer NOT NULL,
	`handle` text,
	`lease_token` text,
	`lease_until` integer NOT NULL,
	`counted_at` integer,
	`held_until` integer,
	`digest_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `channel_id`, `notice_key`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_counted` ON `deliveries` (`tenant_id`,`channel_id`,`counted_at`);--> statement-breakpoint
CREATE INDEX `deliveries_held` ON `deliveries` (`held_until`) WHERE held_until IS NOT NULL AND digest_id IS NULL;--> statement-breakpoint
CREATE INDEX `deliveries_digest` ON `deliveries` (`tenant_id`,`digest_id`) WHERE digest_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deliveries_updated` ON `deliveries` (`updated_at`);--> statement-breakpoint
CREATE TABLE `routing_sets` (
	`tenant_id` text NOT NULL,
	`version` integer NOT NULL,
	`routing` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `fingerprint_aliases` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`target` text NOT NULL,
	`kind` text NOT NULL,
	`actor` text NOT NULL,
	`note` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`ended_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `fingerprint_aliases_live` ON `fingerprint_aliases` (`tenant_id`,`fingerprint`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `fingerprint_aliases_target` ON `fingerprint_aliases` (`tenant_id`,`target`);--> statement-breakpoint
CREATE INDEX `fingerprint_aliases_fingerprint` ON `fingerprint_aliases` (`tenant_id`,`fingerprint`);--> statement-breakpoint
CREATE TABLE `grouping_rule_sets` (
	`tenant_id` text NOT NULL,
	`version` integer NOT NULL,
	`rules` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `incident_history` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`change` text NOT NULL,
	`from_status` text,
	`to_status` text,
	`note` text,
	`subject` text
);
--> statement-breakpoint
CREATE INDEX `incident_history_incident` ON `incident_history` (`tenant_id`,`incident_id`,`at`);--> statement-breakpoint
CREATE TABLE `incident_links` (
	`tenant_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`other_id` text NOT NULL,
	`kind` text NOT NULL,
	`evidence` text NOT NULL,
	`origin_id` text,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `incident_id`, `other_id`)
);
--> statement-breakpoint
CREATE INDEX `incident_links_other` ON `incident_links` (`tenant_id`,`other_id`);--> statement-breakpoint
CREATE TABLE `incident_traces` (
	`tenant_id` text NOT NULL,
	`trace_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `trace_id`, `incident_id`)
);
--> statement-breakpoint
CREATE TABLE `incident_windows` (
	`tenant_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`window_start` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `incident_id`, `fingerprint`, `window_start`)
);
--> statement-breakpoint
CREATE TABLE `incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`environment` text NOT NULL,
	`fingerprint` text NOT NULL,
	`service_name` text NOT NULL,
	`title` text NOT NULL,
	`message_template` text NOT NULL,
	`exception_type` text,
	`severity` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`change_id` text NOT NULL,
	`occurrence_count` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`top_messages` text NOT NULL,
	`sample_trace` text,
	`summary` text,
	`regression_of` text,
	`merged_into` text,
	`merge_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`resolved_at` integer,
	`origin` text NOT NULL,
	`assignee_id` text,
	`assigned_at` integer,
	`acknowledged_at` integer,
	`snoozed_at` integer,
	`snoozed_until` integer,
	`snoozed_count` integer,
	`snoozed_severity` text,
	`ignored_at` integer,
	`escalated_at` integer,
	`trace_ids` text DEFAULT '[]' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`tenant_id`,`environment`,`fingerprint`) WHERE status <> 'RESOLVED';--> statement-breakpoint
CREATE INDEX `incidents_list` ON `incidents` (`tenant_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `incidents_fingerprint` ON `incidents` (`tenant_id`,`fingerprint`,`environment`,`resolved_at`);--> statement-breakpoint
CREATE INDEX `incidents_change` ON `incidents` (`tenant_id`,`change_id`);--> statement-breakpoint
CREATE INDEX `incidents_merged` ON `incidents` (`tenant_id`,`merged_into`) WHERE merged_into IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_merge` ON `incidents` (`tenant_id`,`merge_id`) WHERE merge_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_regression` ON `incidents` (`tenant_id`,`regression_of`) WHERE regression_of IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_quiet` ON `incidents` (`last_seen_at`) WHERE status <> 'RESOLVED';--> statement-breakpoint
CREATE INDEX `incidents_snoozed` ON `incidents` (`snoozed_until`) WHERE snoozed_until IS NOT NULL;--> statement-breakpoint
CREATE TABLE `bucket_sweeps` (
	`prefix` text PRIMARY KEY NOT NULL,
	`cursor` text,
	`swept_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `new_pattern_alerts` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`told_until` integer NOT NULL,
	`told_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `patterns` (
	`tenant_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`template` text NOT NULL,
	`service_name` text NOT NULL,
	`level` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`new_at` integer,
	PRIMARY KEY(`tenant_id`, `fingerprint`)
);
--> statement-breakpoint
CREATE INDEX `patterns_new` ON `patterns` (`tenant_id`,`new_at`) WHERE new_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `segment_garbage` (
	`object_key` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`delete_after` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `segment_garbage_due` ON `segment_garbage` (`delete_after`);--> statement-breakpoint
CREATE TABLE `segment_merges` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`shard` integer NOT NULL,
	`inputs` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `segment_merges_open` ON `segment_merges` (`tenant_id`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `segments` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`shard` integer NOT NULL,
	`object_key` text NOT NULL,
	`min_timestamp` integer NOT NULL,
	`max_timestamp` integer NOT NULL,
	`rows` integer NOT NULL,
	`raw_bytes` integer NOT NULL,
	`bytes` integer NOT NULL,
	`rollup` text NOT NULL,
	`patterns` text NOT NULL,
	`filter` text,
	`flushed_through` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `segments_time` ON `segments` (`tenant_id`,`max_timestamp`);--> statement-breakpoint
CREATE INDEX `segments_age` ON `segments` (`max_timestamp`);--> statement-breakpoint
CREATE TABLE `dead_letter_alerts` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`told_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`queue` text NOT NULL,
	`stage` text NOT NULL,
	`error_code` text NOT NULL,
	`error_message` text NOT NULL,
	`content_type` text NOT NULL,
	`body_key` text NOT NULL,
	`body_bytes` integer NOT NULL,
	`attempts` integer NOT NULL,
	`failed_at` integer NOT NULL,
	`replayed_at` integer
);
--> statement-breakpoint
CREATE INDEX `dead_letters_list` ON `dead_letters` (`tenant_id`,`failed_at`,`id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outbox_created` ON `outbox` (`created_at`);--> statement-breakpoint
CREATE TABLE `slack_installs` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`team_id` text NOT NULL,
	`team_name` text NOT NULL,
	`bot_user_id` text NOT NULL,
	`bot_token` text NOT NULL,
	`signing_secret` text,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`error` text,
	`broken_since` integer
);
--> statement-breakpoint
CREATE TABLE `slack_messages` (
	`tenant_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`channel` text NOT NULL,
	`posted_channel` text,
	`ts` text,
	`sender` text,
	`shown_version` integer NOT NULL,
	`wanted_at` integer,
	`group_id` text,
	`may_be_doubled` integer DEFAULT 0 NOT NULL,
	`lease_token` text,
	`lease_until` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `incident_id`, `channel`)
);
--> statement-breakpoint
CREATE INDEX `slack_messages_wanted` ON `slack_messages` (`tenant_id`,`channel`,`wanted_at`);--> statement-breakpoint
CREATE INDEX `slack_messages_group` ON `slack_messages` (`tenant_id`,`group_id`) WHERE group_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `slack_notices` (
	`tenant_id` text NOT NULL,
	`event_id` text NOT NULL,
	`target` text NOT NULL,
	`incident_id` text NOT NULL,
	`ts` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `event_id`, `target`)
);
--> statement-breakpoint
CREATE TABLE `slack_requests` (
	`signature` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `slack_requests_at` ON `slack_requests` (`at`);--> statement-breakpoint
CREATE TABLE `slack_users` (
	`tenant_id` text NOT NULL,
	`team_id` text NOT NULL,
	`slack_user_id` text NOT NULL,
	`email` text,
	`utc_offset` integer NOT NULL,
	`fetched_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `team_id`, `slack_user_id`)
);
--> statement-breakpoint
CREATE INDEX `slack_users_email` ON `slack_users` (`tenant_id`,`team_id`,`email`);--> statement-breakpoint
CREATE TABLE `ai_circuits` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`failures` integer NOT NULL,
	`open_until` integer,
	`trips` integer NOT NULL,
	`epoch` integer NOT NULL,
	`probe_until` integer,
	`version` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `ai_usage` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	`calls` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
);
--> statement-breakpoint
CREATE TABLE `summary_answers` (
	`tenant_id` text NOT NULL,
	`hash` text NOT NULL,
	`answer` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `hash`)
);
--> statement-breakpoint
CREATE TABLE `summary_claims` (
	`tenant_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`token` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `incident_id`)
);
--> statement-breakpoint
CREATE TABLE `summary_runs` (
	`tenant_id` text NOT NULL,
	`job_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`actor` text NOT NULL,
	`model` text NOT NULL,
	`prompt_version` text NOT NULL,
	`partial_reason` text,
	`tokens_in` integer NOT NULL,
	`tokens_out` integer NOT NULL,
	`cost_usd` real,
	`latency_ms` integer NOT NULL,
	`invented_citations` integer NOT NULL,
	`finished_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `job_id`)
);
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`source_id` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`expires_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_live_name` ON `api_keys` (`tenant_id`,`name`) WHERE revoked_at IS NULL AND expires_at IS NULL;--> statement-breakpoint
CREATE INDEX `api_keys_list` ON `api_keys` (`tenant_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`detail` text NOT NULL,
	`request_id` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_list` ON `audit_log` (`tenant_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`environment` text DEFAULT 'production' NOT NULL,
	`parser_hint` text DEFAULT 'auto' NOT NULL,
	`dedup` text DEFAULT 'none' NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sources_name` ON `sources` (`tenant_id`,`name`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE TABLE `tenant_deletions` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`shards` integer NOT NULL,
	`actor` text NOT NULL,
	`requested_at` integer NOT NULL,
	`step` text NOT NULL,
	`cursor` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`finished_at` integer,
	`proof` text
);
--> statement-breakpoint
CREATE INDEX `tenant_deletions_open` ON `tenant_deletions` (`requested_at`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plan` text NOT NULL,
	`status` text NOT NULL,
	`admin_email` text NOT NULL,
	`shards` integer DEFAULT 1 NOT NULL,
	`settings` text DEFAULT '{}' NOT NULL,
	`blocked_until` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_name` ON `tenants` (`name`) WHERE status <> 'deleting';--> statement-breakpoint
CREATE TABLE `usage_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`source_id` text NOT NULL,
	`shard` integer NOT NULL,
	`events` integer NOT NULL,
	`bytes` integer NOT NULL,
	`chunks` integer NOT NULL,
	`requests` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `source_id`, `shard`)
);
--> statement-breakpoint
CREATE TABLE `usage_warnings` (
	`tenant_id` text NOT NULL,
	`month` text NOT NULL,
	`plan` text NOT NULL,
	`percent` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `month`, `plan`, `percent`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`account_id` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_tenant_email` ON `users` (`tenant_id`,`email`);--> statement-breakpoint
CREATE INDEX `users_account` ON `users` (`account_id`) WHERE account_id IS NOT NULL;