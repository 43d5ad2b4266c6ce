import * as z from "zod";
import { Scope } from "./roles.ts";

/** How long the old key of a rotation may go on, in hours. */
export const OVERLAP_HOURS = { most: 720, usual: 24 } as const;

/** The longest life of a key that ends by itself, in days. */
export const MAX_KEY_DAYS = 3_650;

/** What an API key is made from. */
export const NewKey = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
        "must be 1 to 64 of letters, digits, '.', '_' and '-', beginning with a letter or digit",
      )
      .describe("Unique among the tenant's keys that work"),
    scopes: z.array(Scope).min(1).max(10),
    sourceId: z.uuid().optional().describe("The source that the key sends for: with the scope ingest, and only then"),
    expiresInDays: z.int().min(1).max(MAX_KEY_DAYS).optional().describe("Without it the key does not end by itself"),
  })
  .refine(({ scopes, sourceId }) => scopes.includes("ingest") === (sourceId !== undefined), {
    error: "a key sends for one source: with the scope ingest, and only then",
    path: ["sourceId"],
  });
export type NewKey = z.infer<typeof NewKey>;

/** How an API key is replaced by a new one. */
export const KeyRotation = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(OVERLAP_HOURS.most)
    .default(OVERLAP_HOURS.usual)
    .describe("How long the old key still works"),
});
