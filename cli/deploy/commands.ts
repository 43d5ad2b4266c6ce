import type { Bucket, Production } from "./production.ts";

/** One run of wrangler. */
export interface Command {
  args: string[];
  /** What it prints once it is through. The exit status alone proves nothing: it is 0, too, when a signal ended it. */
  done: RegExp;
}

export interface Options {
  /** Another configuration file than the project's wrangler.toml; absolute. */
  config?: string;
  /** Another name for the Worker than the configuration's. */
  name?: string;
}

/** The id of a database in what `d1 create` prints, a snippet for wrangler.toml or wrangler.json. */
export const CREATED_ID = /\bdatabase_id"?\s*[=:]\s*"([0-9a-f-]{36})"/;

/** Every wrangler command of a deployment: the dry run prints what the deployment runs. */
export class Commands {
  private readonly config: string[];
  private readonly environment: string[];
  private readonly name: string | undefined;

  constructor({ config, name }: Options) {
    this.config = config === undefined ? [] : ["--config", config];
    this.environment = ["--env", "production", ...this.config];
    this.name = name;
  }

  listDatabases(): Command {
    return { args: ["d1", "list", "--json", ...this.environment], done: /^\s*\[/m };
  }

  createDatabase(name: string): Command {
    return { args: ["d1", "create", name, ...this.environment], done: CREATED_ID };
  }

  listBuckets({ jurisdiction }: Bucket): Command {
    return {
      args: ["r2", "bucket", "list", ...jurisdictionFlag(jurisdiction), ...this.environment],
      done: /^Listing buckets/m,
    };
  }

  createBucket({ name, jurisdiction }: Bucket): Command {
    return {
      args: ["r2", "bucket", "create", name, ...jurisdictionFlag(jurisdiction), ...this.environment],
      done: /Created bucket/,
    };
  }

  /** @param page from 1 */
  listQueues(page: number): Command {
    // A page without queues is an empty line.
    return { args: ["queues", "list", "--page", String(page), ...this.environment], done: /│|^\n/ };
  }

  createQueue(name: string): Command {
    return { args: ["queues", "create", name, ...this.environment], done: /Created queue/ };
  }

  applyMigrations(database: string): Command {
    return { args: ["d1", "migrations", "apply", database, "--remote", ...this.environment], done: /✅/u };
  }

  listSecrets(): Command {
    return { args: ["secret", "list", ...this.worker()], done: /^\s*\[/m };
  }

  /** Takes a JSON object of names and values from standard input; it makes an empty Worker where there is none. */
  putSecrets(): Command {
    return { args: ["secret", "bulk", ...this.worker()], done: /secrets successfully created/ };
  }

  deploy(): Command {
    const name = this.name === undefined ? [] : ["--name", this.name];
    return { args: ["deploy", ...name, ...this.environment], done: /Current Version ID/ };
  }

  /** To `secret`, `--name x --env production` means the Worker `x-production`; to `deploy` it means `x`. */
  private worker(): string[] {
    return this.name === undefined ? this.environment : ["--name", this.name, ...this.config];
  }
}

/** One line of a dry run. */
export interface Planned {
  command: Command;
  /** When it is run, or with what; it is run in any case when missing. */
  remark?: string;
}

/**
 * Every command that a deployment may run, in its order.
 *
 * @param secrets names of those that the secrets file holds
 */
export function plan(production: Production, commands: Commands, secrets: string[], prepareOnly: boolean): Planned[] {
  const missing = (name: string) => `if there is no ${name} yet`;
  const made = secrets.includes("SECRET_KEYS") ? [] : ["SECRET_KEYS (made here) if there is none yet"];
  return [
    ...(production.databases.length === 0 ? [] : [{ command: commands.listDatabases() }]),
    ...production.databases
      .filter(({ id }) => id === undefined)
      .map(({ name }) => ({
        command: commands.createDatabase(name),
        remark: `${missing(name)}; its id goes into ${production.file}`,
      })),
    ...production.buckets.flatMap((bucket) => [
      { command: commands.listBuckets(bucket) },
      { command: commands.createBucket(bucket), remark: missing(bucket.name) },
    ]),
    { command: commands.listQueues(1), remark: "and further pages" },
    ...production.queues.map((queue) => ({ command: commands.createQueue(queue), remark: missing(queue) })),
    ...production.databases
      .filter(({ hasMigrations }) => hasMigrations)
      .map(({ name }) => ({ command: commands.applyMigrations(name) })),
    { command: commands.listSecrets() },
    { command: commands.putSecrets(), remark: `from standard input: ${[...secrets, ...made].join(", ")}` },
    ...(prepareOnly ? [] : [{ command: commands.deploy() }]),
  ];
}

function jurisdictionFlag(jurisdiction: string | undefined): string[] {
  return jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction];
}
