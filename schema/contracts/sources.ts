import * as z from "zod";
import { LIMITS } from "./limits.ts";
import { DEDUP_MODES, PARSER_HINTS } from "./plans.ts";

const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .describe("Unique within the tenant; the service of logs that name none, and come without X-Service-Name");
const Environment = z
  .string()
  .trim()
  .min(1)
  .max(LIMITS.nameCharacters)
  .describe("Of logs that name none, and come without X-Environment");
const Hint = z.enum(PARSER_HINTS).describe("How bodies are read when their Content-Type does not say");
const Dedup = z.enum(DEDUP_MODES).describe("Which logs of the last hour count as repeats");

/** What a source is made from. */
export const NewSource = z.strictObject({
  name: Name,
  environment: Environment.default("production"),
  parserHint: Hint.default("auto"),
  dedup: Dedup.default("none"),
});
export type NewSource = z.infer<typeof NewSource>;

/** What can be changed of a source. */
export const SourceChange = z
  .strictObject({
    name: Name.optional(),
    environment: Environment.optional(),
    parserHint: Hint.optional(),
    dedup: Dedup.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "there is nothing to change");
export type SourceChange = z.infer<typeof SourceChange>;
