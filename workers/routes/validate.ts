import type { Context } from "hono";
import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import { LIMITS } from "../../schema/contracts/limits.ts";
import { readAtMost } from "./ingest/read-body.ts";

/** Parts of every list's query. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
});

function validate<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Log0Error(
    "invalid_query",
    `${what}${issue?.path.map((part) => `.${String(part)}`).join("") ?? ""}: ${issue?.message ?? "invalid"}`,
  );
}

/** @throws Log0Error invalid_query, naming the parameter */
export function validQuery<T extends z.ZodType>(c: Context, schema: T): z.infer<T> {
  return validate(schema, c.req.query(), "query");
}

/** Of what a person or a program asks for: 2,000 lines of a preview are the largest, a few MB when they are long. */
const MAX_BODY_BYTES = LIMITS.requestBytes;

/** The body as JSON; undefined where there is none. @throws Log0Error body_too_large; invalid_query, when it is no JSON */
async function jsonOf(c: Context): Promise<unknown> {
  const { body } = c.req.raw;
  const text = body === null ? "" : new TextDecoder().decode(await readAtMost(body, MAX_BODY_BYTES, ""));
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Log0Error("invalid_query", "body: not JSON", { cause });
  }
}

/** @throws Log0Error invalid_query, naming the field */
export async function validBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  return validate(schema, await jsonOf(c), "body");
}
