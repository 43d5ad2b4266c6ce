import { randomBytes } from "node:crypto";
import { UsageError } from "../tenant/input.ts";
import { describeFailure, runWrangler, WranglerError, type WranglerResult } from "../wrangler.ts";
import { type Command, Commands, CREATED_ID, type Options } from "./commands.ts";
import { writeDatabaseId } from "./database-id.ts";
import { parseAddress, parseBuckets, parseDatabases, parseQueues, parseSecretNames } from "./listings.ts";
import { type Database, NO_DATABASE, type Production } from "./production.ts";
import { makeSealingKey, redact, SEALING_KEYS } from "./secrets.ts";

/** What Cloudflare answers when somebody else has made it meanwhile, or a list has left it out. */
const EXISTS = /database with that name already exists|\[code: (10004|11009)\]/;

/** Wrangler's advice to who is not logged in, and runs it unattended, as we do: a trial account is not what they want. */
const NO_LOGIN = /\.? To continue without logging in, rerun .*$/;

/**
 * Brings a Cloudflare account to what wrangler.toml says, a step after the other. Each step looks first and changes only
 * what is missing, so that a run that was cut off anywhere can be repeated.
 */
export class Deployment {
  private production: Production;
  private readonly commands: Commands;
  private readonly say: (line: string) => void;

  /** @param say takes a line for the user; none holds a secret */
  constructor(production: Production, options: Options, say: (line: string) => void) {
    this.production = production;
    this.commands = new Commands(options);
    this.say = say;
  }

  /**
   * Everything that the Worker needs before it can run: database, bucket, queues, tables, secrets.
   *
   * @throws WranglerError, UsageError; what was done until then stays, and is found the next time
   */
  async prepare(secrets: Map<string, string>): Promise<void> {
    await this.provideDatabases();
    await this.provideBuckets();
    await this.provideQueues();
    // Before the new version, with which they come: migrations only add, so the one that runs can live with them.
    for (const { name, hasMigrations } of this.production.databases) {
      if (!hasMigrations) continue;
      const output = await run(this.commands.applyMigrations(name));
      this.say(`Migrations of ${name}: ${output.includes("No migrations to apply") ? "none to apply" : "applied"}`);
    }
    await this.provideSecrets(secrets);
  }

  /**
   * Deploys the Worker, all of it at once.
   *
   * @returns its address, when it has one on workers.dev or a route
   * @throws WranglerError
   */
  async deploy(): Promise<string | undefined> {
    return parseAddress(await run(this.commands.deploy()));
  }

  private async provideDatabases(): Promise<void> {
    if (this.production.databases.length === 0) return;
    const existing = parseDatabases(await run(this.commands.listDatabases()));
    for (const database of this.production.databases) {
      if (database.id === undefined) {
        const id = existing.find(({ name }) => name === database.name)?.uuid ?? (await this.createDatabase(database));
        this.production = writeDatabaseId(this.production, database.name, id);
        this.say(`D1 database ${database.name}: ${id}, now in ${this.production.file}; commit that`);
        continue;
      }
      if (!existing.some(({ uuid }) => uuid === database.id)) {
        throw new UsageError(
          `${this.production.file} names the D1 database ${database.id} for "${database.name}", which this account does not have: log in to the account that has it, or set database_id to ${NO_DATABASE} to start with another`,
        );
      }
      this.say(`D1 database ${database.name}: there already`);
    }
  }

  private async createDatabase({ name }: Database): Promise<string> {
    const output = await create(this.commands.createDatabase(name));
    const id =
      output === undefined
        ? parseDatabases(await run(this.commands.listDatabases())).find((database) => database.name === name)?.uuid
        : CREATED_ID.exec(output)?.[1];
    if (id === undefined) throw new WranglerError(`wrangler d1 list: does not list ${name}, which exists`);
    return id;
  }

  private async provideBuckets(): Promise<void> {
    for (const bucket of this.production.buckets) {
      // It lists no more than one page of them: a bucket that is not listed may still exist.
      const listed = parseBuckets(await run(this.commands.listBuckets(bucket))).includes(bucket.name);
      const created = !listed && (await create(this.commands.createBucket(bucket))) !== undefined;
      this.say(`R2 bucket ${bucket.name}: ${created ? "created" : "there already"}`);
    }
  }

  private async provideQueues(): Promise<void> {
    const existing = await this.listQueues();
    for (const queue of this.production.queues) {
      const created = !existing.has(queue) && (await create(this.commands.createQueue(queue))) !== undefined;
      this.say(`Queue ${queue}: ${created ? "created" : "there already"}`);
    }
  }

  private async listQueues(): Promise<Set<string>> {
    const names = new Set<string>();
    for (let page = 1; ; page += 1) {
      const before = names.size;
      for (const name of parseQueues(await run(this.commands.listQueues(page)))) names.add(name);
      // No page says how many there are. One that brings nothing new is behind the last.
      if (names.size === before) return names;
    }
  }

  /** Before the code that needs them. A first time, wrangler makes an empty Worker to put them into. */
  private async provideSecrets(fromFile: Map<string, string>): Promise<void> {
    const existing = await this.listSecrets();
    const secrets = new Map(fromFile);
    const mustMake = !existing.includes(SEALING_KEYS) && !secrets.has(SEALING_KEYS);
    if (mustMake) secrets.set(SEALING_KEYS, makeSealingKey(randomBytes(32)));
    if (secrets.size === 0) return this.say(`Secrets: ${existing.join(", ")} are there already`);
    const output = await run(this.commands.putSecrets(), secrets);
    for (const name of secrets.keys()) {
      if (!output.includes(`created secret for key: ${name}`)) {
        throw new WranglerError(`wrangler secret bulk: does not say that it has set ${name}`);
      }
    }
    this.say(`Secrets: set ${[...secrets.keys()].join(", ")}${mustMake ? ` (${SEALING_KEYS} made here)` : ""}`);
  }

  private async listSecrets(): Promise<string[]> {
    try {
      return parseSecretNames(await run(this.commands.listSecrets()));
    } catch (error) {
      // Before the first deployment.
      if (error instanceof WranglerError && /Worker "[^"]*".* not found/.test(error.message)) return [];
      throw error;
    }
  }
}

/** Runs a command that creates something; undefined when it exists already. */
async function create(command: Command): Promise<string | undefined> {
  try {
    return await run(command);
  } catch (error) {
    if (error instanceof WranglerError && EXISTS.test(error.message)) return undefined;
    throw error;
  }
}

/**
 * @param secrets for its standard input
 * @throws WranglerError with wrangler's own words, and none of the secrets
 */
async function run({ args, done }: Command, secrets?: Map<string, string>): Promise<string> {
  const input = secrets === undefined ? {} : { input: JSON.stringify(Object.fromEntries(secrets)) };
  const result = hide(await runWrangler(args, input), [...(secrets?.values() ?? [])]);
  if (result.status === 0 && done.test(result.stdout)) return result.stdout;
  const flags = args.findIndex((arg) => arg.startsWith("-"));
  const reason = describeFailure(result).replace(NO_LOGIN, "; or, once: npx wrangler login");
  throw new WranglerError(`wrangler ${args.slice(0, flags === -1 ? undefined : flags).join(" ")}: ${reason}`);
}

function hide({ status, stdout, stderr }: WranglerResult, secrets: string[]): WranglerResult {
  return { status, stdout: redact(stdout, secrets), stderr: redact(stderr, secrets) };
}
