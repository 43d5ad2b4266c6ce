export const PLANS = ["free", "starter", "team"] as const;
export type Plan = (typeof PLANS)[number];

/** How a source asks for deduplication. */
export const DEDUP_MODES = ["none", "event-id", "content"] as const;
export type DedupMode = (typeof DEDUP_MODES)[number];
