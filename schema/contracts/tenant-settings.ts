import * as z from "zod";
import { Level, Severity } from "./levels.ts";

const minute = 60_000;

/** How long an incident is quiet before it is resolved by itself, ms. */
export const AUTO_RESOLVE_MS = { least: 10 * minute, usual: 24 * 60 * minute } as const;

/** What a tenant may set; every field has a default, so `{}` is a valid value. Durations in ms. */
export const TenantSettings = z.object({
  /**
   * Length of the tumbling window: a divisor of an hour, so that windows stay aligned to the epoch, in whole minutes,
   * because counts travel in buckets of a tenth of a minute.
   */
  windowMs: z
    .int()
    .min(minute)
    .max(60 * minute)
    .refine((ms) => (60 * minute) % ms === 0 && ms % minute === 0, "must divide an hour, in whole minutes")
    .default(5 * minute),
  /** Events in a window that make an incident. */
  threshold: z.int().min(1).max(1_000_000).default(10),
  /** Overrides of the threshold by severity. */
  thresholdBySeverity: z.partialRecord(Severity, z.int().min(1).max(1_000_000)).default({}),
  /** The least severe level that calls a window. */
  clusterMinLevel: Level.default("WARN"),
  /** An incident's count is updated at most this often per fingerprint. */
  updateIntervalMs: z
    .int()
    .min(1_000)
    .max(60 * minute)
    .default(30_000),
  /**
   * An open incident that has not occurred for so long is resolved by itself; null never. A day by default: what comes
   * once a day stays one incident, and what has ended does not stand open for a week.
   */
  autoResolveMs: z
    .int()
    .min(AUTO_RESOLVE_MS.least)
    .max(90 * 24 * 60 * minute)
    .nullable()
    .default(AUTO_RESOLVE_MS.usual),
  /** Whether the first sight of a WARN or worse pattern is told in the alert channel. */
  newPatternAlerts: z.boolean().default(false),
  /** Slack channel for alerts; the platform's default when missing. */
  slackChannel: z.string().min(1).max(100).optional(),
  /** Tokens (in and out) that a tenant's summaries may take a day (UTC); beyond them the extractive summarizer writes. */
  aiDailyTokens: z.int().min(0).max(1_000_000_000).default(500_000),
  /** The tenant's own OpenAI-compatible endpoint for summaries; the platform's model when missing. */
  ai: z
    .object({
      baseUrl: z.string().min(1).max(2_048).describe("What `/chat/completions` is put behind"),
      model: z.string().min(1).max(200),
      sealedKey: z
        .string()
        .max(2_000)
        .optional()
        .describe("The key, sealed for this tenant; none where none is asked for"),
    })
    .optional(),
});
export type TenantSettings = z.infer<typeof TenantSettings>;

/** What a tenant sees of its settings: the model's endpoint is shown apart (`/settings/ai`), for it has a secret. */
export const ShownSettings = TenantSettings.omit({ ai: true });
export type ShownSettings = z.infer<typeof ShownSettings>;

/** Tokens a day that a tenant may give itself: they may be those of the platform's model, which somebody else pays. */
const OWN_DAILY_TOKENS = 500_000;

const { shape } = TenantSettings;

/** What a tenant changes of its settings: only what is given, each as a whole. */
export const SettingsChange = z
  .strictObject({
    windowMs: shape.windowMs.unwrap().optional(),
    threshold: shape.threshold.unwrap().optional(),
    thresholdBySeverity: shape.thresholdBySeverity.unwrap().optional(),
    clusterMinLevel: shape.clusterMinLevel.unwrap().optional(),
    updateIntervalMs: shape.updateIntervalMs.unwrap().optional(),
    autoResolveMs: shape.autoResolveMs.unwrap().optional(),
    newPatternAlerts: shape.newPatternAlerts.unwrap().optional(),
    slackChannel: shape.slackChannel.unwrap().nullable().optional().describe("null: the platform's default"),
    aiDailyTokens: shape.aiDailyTokens.unwrap().max(OWN_DAILY_TOKENS).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "there is nothing to change");
export type SettingsChange = z.infer<typeof SettingsChange>;
