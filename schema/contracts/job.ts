import * as z from "zod";

/** Work that no user waits for, on the `jobs` queue. */
export const Job = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("SUMMARIZE"),
      eventId: z.string().min(1).max(200),
      tenantId: z.uuid(),
      incidentId: z.uuid(),
      actor: z.string().min(1).max(200).optional().describe("Who asked; nobody when the incident opened"),
      force: z.literal(true).optional().describe("Also when there is a summary"),
      schemaVersion: z.literal("v1"),
    }),
    z.object({
      type: z.literal("MERGE_SEGMENTS"),
      tenantId: z.uuid(),
      mergeId: z.uuid().describe("The plan in segment_merges, and the segment that it makes"),
      schemaVersion: z.literal("v1"),
    }),
    z.object({
      type: z.literal("NEW_PATTERNS"),
      eventId: z.string().min(1).max(200),
      tenantId: z.uuid(),
      schemaVersion: z.literal("v1"),
    }),
  ])
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;
