export const PLANS = ["free", "starter", "team"] as const;
export type Plan = (typeof PLANS)[number];

/** How long a plan's logs are kept, in days (FEATURES.md, A7). Incidents stay. */
export const RETENTION_DAYS: Readonly<Record<Plan, number>> = { free: 7, starter: 30, team: 90 };

/** How a source asks for deduplication. */
export const DEDUP_MODES = ["none", "event-id", "content"] as const;
export type DedupMode = (typeof DEDUP_MODES)[number];
