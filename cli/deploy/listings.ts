import * as z from "zod";
import { parseJson, WranglerError } from "../wrangler.ts";

const Databases = z.array(z.object({ uuid: z.string(), name: z.string() }));
const SecretNames = z.array(z.object({ name: z.string() }));

/**
 * Reads `wrangler d1 list --json`.
 *
 * @throws WranglerError when it is something else
 */
export function parseDatabases(output: string): z.infer<typeof Databases> {
  return read(Databases, output, "d1 list");
}

/**
 * Reads the names in `wrangler secret list`.
 *
 * @throws WranglerError when it is something else
 */
export function parseSecretNames(output: string): string[] {
  return read(SecretNames, output, "secret list").map(({ name }) => name);
}

/** Reads the names in `wrangler r2 bucket list`, which knows no JSON: labelled lines, a paragraph a bucket. */
export function parseBuckets(output: string): string[] {
  return [...output.matchAll(/^name:[ \t]+(\S+)[ \t]*$/gm)].flatMap(([, name]) => name ?? []);
}

/**
 * Reads the names in one page of `wrangler queues list`, which knows no JSON: a table with lines drawn around its cells.
 *
 * @throws WranglerError when there is a table, but no column `name`
 */
export function parseQueues(output: string): string[] {
  const [head, ...rows] = output
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) => line.split("│").map((cell) => cell.trim()));
  if (head === undefined) return [];
  const column = head.indexOf("name");
  if (column === -1) throw new WranglerError("wrangler queues list: its table has no column of names");
  return rows.flatMap((row) => row[column] ?? []).filter((name) => name !== "");
}

/** The first address that `wrangler deploy` names; undefined when it deploys to none of its own. */
export function parseAddress(output: string): string | undefined {
  return /^\s+(https:\/\/[^\s()]+)/m.exec(output.slice(output.search(/^Deployed /m)))?.[1];
}

function read<Output>(schema: z.ZodType<Output>, output: string, command: string): Output {
  const parsed = schema.safeParse(parseJson(output));
  if (!parsed.success) throw new WranglerError(`wrangler ${command}: its answer cannot be read`);
  return parsed.data;
}
