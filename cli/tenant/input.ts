import * as z from "zod";
import { NewKey } from "../../schema/contracts/api-keys.ts";
import { NewSource } from "../../schema/contracts/sources.ts";

/** Something that the user can put right. The message is one line; no stack trace is shown. */
export class UsageError extends Error {
  override name = "UsageError";
}

const TenantName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/, "3 to 40 of a-z, 0-9 and -, beginning with a letter, not ending with -");
/** Lower case, so that one person is one user however they type it. */
const Email = z.email("not an e-mail address").max(254, "longer than 254 characters").toLowerCase();

export const parseTenantName = (value: string) => parse(TenantName, value, "tenant name");
export const parseKeyName = (value: string) => parse(NewKey.shape.name, value, "key name");
export const parseSourceName = (value: string) => parse(NewSource.shape.name, value, "source name");
export const parseEnvironment = (value: string) => parse(NewSource.shape.environment, value, "environment");
export const parseEmail = (value: string) => parse(Email, value, "e-mail");

/**
 * A whole number within limits, both included.
 *
 * @throws UsageError
 */
export function parseInteger(value: string, what: string, minimum: number, maximum: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= minimum && number <= maximum)) {
    throw new UsageError(`${what} must be a whole number from ${minimum} to ${maximum}`);
  }
  return number;
}

/**
 * One of the values.
 *
 * @throws UsageError
 */
export function parseChoice<const Choice extends string>(
  value: string,
  what: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`unknown ${what} ${quote(value)}: choose ${choices.join(", ")}`);
  return found;
}

/**
 * Some of the values, separated by commas: each once, in the order of `choices`.
 *
 * @throws UsageError
 */
export function parseChoices<const Choice extends string>(
  value: string,
  what: string,
  choices: readonly Choice[],
): Choice[] {
  const chosen = value.split(",").map((one) => parseChoice(one.trim(), what, choices));
  return choices.filter((choice) => chosen.includes(choice));
}

/** The value for a message: shortened, and escaped, so that it can do nothing to the terminal. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function parse<Output>(schema: z.ZodType<Output>, value: string, what: string): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${quote(value)} is no ${what}: ${result.error.issues[0]?.message}`);
}
