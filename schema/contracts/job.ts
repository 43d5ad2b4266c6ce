import * as z from "zod";

/** Work that no user waits for, on the `jobs` queue. */
export const Job = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("SUMMARIZE"),
      eventId: z.string().min(1).max(200),
      tenantId: z.uuid(),
      incidentId: z.uuid(),
      schemaVersion: z.literal("v1"),
    }),
  ])
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;
