import * as z from "zod";
import { Level } from "./levels.ts";

/** Bounds of what a tenant may ask of every one of its log lines. */
export const MAX_GROUPING_RULES = 100;
const MAX_PATTERN_CHARACTERS = 500;

/** RE2 syntax, found anywhere in the text's first 2,000 characters: what matches it takes linear time, whatever the pattern. */
const Pattern = z.string().min(1).max(MAX_PATTERN_CHARACTERS);

/** What a rule asks of a log. All of it must hold. */
const Condition = z
  .strictObject({
    service: z.string().min(1).max(200).describe("The service's name; `*` stands for any characters").optional(),
    levels: z.array(Level).min(1).optional(),
    template: Pattern.describe("RE2, in the log's own template").optional(),
    message: Pattern.describe("RE2, in the log's message").optional(),
  })
  .refine((condition) => Object.values(condition).some((value) => value !== undefined), "at least one condition");

const Fingerprint = z.strictObject({
  type: z.literal("fingerprint"),
  parts: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(10)
    .describe(
      "Logs with equal parts are one group. `{{ default }}` stands for the fingerprint without rules; also `{{ service }}`, `{{ environment }}`, `{{ level }}`, `{{ template }}`, `{{ exception }}` and `{{ attributes.NAME }}`",
    ),
});

const Mask = z.strictObject({
  type: z.literal("mask"),
  pattern: Pattern.describe("RE2: what matches it is a variable part of the message"),
});

const Never = z.strictObject({ type: z.literal("never").describe("Kept and searchable, but never an incident") });

export const GroupingRule = z.strictObject({
  name: z.string().min(1).max(100),
  when: Condition,
  action: z.discriminatedUnion("type", [Fingerprint, Mask, Never]),
});
export type GroupingRule = z.infer<typeof GroupingRule>;

/** Of several rules that match a log, the first one holds. */
export const GroupingRules = z.array(GroupingRule).max(MAX_GROUPING_RULES);
export type GroupingRules = z.infer<typeof GroupingRules>;
