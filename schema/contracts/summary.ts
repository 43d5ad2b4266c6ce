import * as z from "zod";
import { Severity } from "./levels.ts";

const line = z.string().min(1).max(500);

/** A log that a summary rests on. */
export const Citation = z.object({
  eventId: z.uuid().nullable().describe("A stored log; null for a line that only the incident itself still has"),
  line: line.describe("The log as text, without personal data and secrets"),
});
export type Citation = z.infer<typeof Citation>;

/** What a model (or the extractive summarizer) says of an incident. The severity is a proposal: it is shown, no more. */
export const SummaryContent = z.object({
  title: z.string().min(1).max(200),
  severity: Severity,
  summary: z.string().min(1).max(1_500).describe("What happened, in 2 or 3 sentences"),
  rootCause: line.describe("The most likely cause"),
  bullets: z.array(line).min(3).max(7),
  evidence: z.array(Citation).max(8).describe("Logs that show it"),
  nextSteps: z.array(line).min(1).max(5),
});
export type SummaryContent = z.infer<typeof SummaryContent>;

/** Why the extractive summarizer took a model's place, or wrote without the store's logs. */
export const PARTIAL_REASONS = [
  "budget_exhausted",
  "circuit_open",
  "model_failed",
  "invalid_answer",
  "logs_unavailable",
] as const;
export const PartialReason = z.enum(PARTIAL_REASONS);
export type PartialReason = z.infer<typeof PartialReason>;

/** What asking a model took. */
export const SummaryUsage = z.object({
  provider: z.enum(["workers-ai", "openai"]),
  tokensIn: z.int().min(0),
  tokensOut: z.int().min(0),
  costUsd: z.number().min(0).nullable().describe("Null when the model's price is not known"),
  latencyMs: z.int().min(0),
  cached: z.boolean().describe("An earlier answer to the same prompt: nothing was spent"),
  inventedCitations: z.int().min(0).describe("Cited ids that were dropped, because there is no such log"),
});
export type SummaryUsage = z.infer<typeof SummaryUsage>;

/** A stored summary: with who wrote it, and by which prompt. */
export const Summary = SummaryContent.extend({
  model: z.string(),
  promptVersion: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  partial: z.literal(true).optional().describe("A model should have written it, or should have seen more"),
  partialReason: PartialReason.optional(),
  usage: SummaryUsage.optional().describe("Absent where no model was asked"),
});
export type Summary = z.infer<typeof Summary>;
