import * as z from "zod";
import { Severity } from "./levels.ts";

const line = z.string().min(1).max(500);

/** What a model (or the extractive summarizer) says of an incident. */
export const SummaryContent = z.object({
  title: z.string().min(1).max(200),
  severity: Severity,
  summary: z.string().min(1).max(1_500).describe("What happened, in 2 or 3 sentences"),
  rootCause: line.describe("The most likely cause"),
  bullets: z.array(line).min(3).max(7),
  evidence: z.array(line).max(5).describe("Log lines that show it"),
  nextSteps: z.array(line).min(1).max(5),
});
export type SummaryContent = z.infer<typeof SummaryContent>;

/** A stored summary: with who wrote it, and by which prompt. */
export const Summary = SummaryContent.extend({
  model: z.string(),
  promptVersion: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
});
export type Summary = z.infer<typeof Summary>;
