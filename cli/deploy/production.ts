import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { UsageError } from "../tenant/input.ts";
import { oneLine } from "../wrangler.ts";

/** The id that stands in wrangler.toml until there is a database. */
export const NO_DATABASE = "00000000-0000-0000-0000-000000000000";

export interface Database {
  name: string;
  /** Missing until there is one. */
  id: string | undefined;
  hasMigrations: boolean;
}

export interface Bucket {
  name: string;
  jurisdiction: string | undefined;
}

/** What [env.production] of wrangler.toml says: the one list of what production needs. */
export interface Production {
  /** Absolute path of the file that was read. */
  file: string;
  /** The Worker's name. */
  worker: string;
  databases: Database[];
  buckets: Bucket[];
  /** Each once: what is written to, what is read from, and what dead letters go to. */
  queues: string[];
  vars: Record<string, unknown>;
}

const Config = z.object({
  definedEnvironments: z.array(z.string()).default([]),
  name: z.string(),
  d1_databases: z.array(
    z.object({
      database_name: z.string(),
      database_id: z.string().optional(),
      migrations_dir: z.string().optional(),
    }),
  ),
  r2_buckets: z.array(z.object({ bucket_name: z.string(), jurisdiction: z.string().optional() })),
  queues: z.object({
    producers: z.array(z.object({ queue: z.string() })).default([]),
    consumers: z.array(z.object({ queue: z.string(), dead_letter_queue: z.string().optional() })).default([]),
  }),
  vars: z.record(z.string(), z.unknown()),
});

/**
 * Reads what production needs, as wrangler reads it.
 *
 * @param file absolute path of a wrangler.toml
 * @throws UsageError when there is no such file, it has no [env.production], or a binding there names no resource
 */
export function readProduction(file: string): Production {
  const config = Config.safeParse(readConfig(file));
  if (!config.success) {
    const [issue] = config.error.issues;
    throw new UsageError(`[env.production] of ${file}: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  // Wrangler takes the top level, and only warns, where there are no environments at all.
  if (!config.data.definedEnvironments.includes("production")) {
    throw new UsageError(`${file} has no [env.production]`);
  }
  const { name, d1_databases, r2_buckets, queues, vars } = config.data;
  return {
    file,
    worker: name,
    databases: d1_databases.map(({ database_name, database_id, migrations_dir }) => ({
      name: database_name,
      id: database_id === NO_DATABASE ? undefined : database_id,
      hasMigrations: migrations_dir !== undefined,
    })),
    buckets: unique(r2_buckets, (bucket) => `${bucket.jurisdiction ?? ""}/${bucket.bucket_name}`).map((bucket) => ({
      name: bucket.bucket_name,
      jurisdiction: bucket.jurisdiction,
    })),
    queues: unique(
      [
        ...queues.producers.map(({ queue }) => queue),
        ...queues.consumers.flatMap(({ queue, dead_letter_queue }) => [queue, dead_letter_queue ?? queue]),
      ],
      (queue) => queue,
    ),
    vars,
  };
}

/** Names of the variables that still hold an address of `example`, as they come with the project. */
export function exampleVars(vars: Record<string, unknown>): string[] {
  return Object.keys(vars).filter((name) => /[/@.]example\./.test(String(vars[name])));
}

function readConfig(file: string): unknown {
  try {
    return unstable_readConfig({ config: file, env: "production" }, { hideWarnings: true });
  } catch (error) {
    throw new UsageError(oneLine(error instanceof Error ? error.message : String(error)));
  }
}

function unique<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
