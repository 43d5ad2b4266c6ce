import { randomBytes, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import * as z from "zod";
import { createApiKey } from "../core/auth/api-key.ts";
import { DEDUP_MODES, PLANS } from "../schema/contracts/plans.ts";
import type { Scope } from "../schema/contracts/roles.ts";
import {
  parseChoice,
  parseEmail,
  parseInteger,
  parseKeyName,
  parseTenantName,
  quote,
  UsageError,
} from "./tenant/input.ts";
import { formatTable } from "./tenant/output.ts";
import * as statements from "./tenant/statements.ts";
import { executeD1, type Row, type Target, WranglerError } from "./wrangler.ts";

// npm run tenant -- create acme --plan starter --admin-email a@acme.test [--remote]

// The plans and ways of deduplication of schema/tables/tenants.ts, which is not imported: the tables belong to the
// project reference that has the Workers' types.
/** Of a tenant's first key: whoever finds it in an agent's configuration can change nothing. */
const FIRST_SCOPES: readonly Scope[] = ["ingest", "read"];

const day = 86_400_000;
const hour = 3_600_000;

interface RemoteOption {
  remote?: boolean;
}

/** Statements, and what to print of their rows. */
interface Task {
  statements: string[];
  report: (rows: Row[][]) => string[];
  /** Turns a failure of the database into the user's words, where there are such. */
  explain?: (message: string) => string | undefined;
}

const program = new Command("tenant")
  .description("Tenants and API keys of log0: in the local system, or with --remote in production.")
  .exitOverride();

command("create <name>", "create a tenant, its owner and its first API key")
  .requiredOption("--plan <plan>", PLANS.join(", "))
  .requiredOption("--admin-email <e-mail>", "the owner")
  .option("--shards <n>", "LogStore objects to spread the logs over", "1")
  .action((name: string, options: RemoteOption & { plan: string; adminEmail: string; shards: string }) =>
    perform(options, () => createTenant(name, options, targetUrl(options))),
  );

command("list", "list the tenants").action((options: RemoteOption) => perform(options, listTenants));

command("suspend <name>", "stop accepting the tenant's logs").action((name: string, options: RemoteOption) =>
  perform(options, () => setStatus(name, "suspended")),
);

command("activate <name>", "undo suspend").action((name: string, options: RemoteOption) =>
  perform(options, () => setStatus(name, "active")),
);

const key = program.command("key").description("API keys of a tenant");

command("create <tenant> <key-name>", "create an API key", key)
  .option("--dedup <by>", `how repeated events are told: ${DEDUP_MODES.join(", ")}`, "none")
  .option("--expires-in-days <n>", "never when missing")
  .action((tenant: string, name: string, options: RemoteOption & { dedup: string; expiresInDays?: string }) =>
    perform(options, () => createKey(tenant, name, options, targetUrl(options))),
  );

command("revoke <tenant> <key-name>", "end an API key now", key).action(
  (tenant: string, name: string, options: RemoteOption) => perform(options, () => revokeKey(tenant, name)),
);

command("rotate <tenant> <key-name>", "create a new key of the name; the old one still works for a while", key)
  .option("--overlap-hours <n>", "how long the old key still works", "24")
  .action((tenant: string, name: string, options: RemoteOption & { overlapHours: string }) =>
    perform(options, () => rotateKey(tenant, name, options.overlapHours, targetUrl(options))),
  );

command("list <tenant>", "list the API keys of a tenant", key).action((tenant: string, options: RemoteOption) =>
  perform(options, () => listKeys(tenant)),
);

function command(usage: string, description: string, parent = program): Command {
  return parent
    .command(usage)
    .description(description)
    .option("--remote", "work on production, not on the local system");
}

function createTenant(name: string, options: { plan: string; adminEmail: string; shards: string }, url: string): Task {
  const first = createApiKey(randomBytes(32));
  const tenant = {
    id: randomUUID(),
    name: parseTenantName(name),
    plan: parseChoice(options.plan, "plan", PLANS),
    adminEmail: parseEmail(options.adminEmail),
    shards: parseInteger(options.shards, "--shards", 1, 1024),
    ownerId: randomUUID(),
    sourceId: randomUUID(),
    keyId: randomUUID(),
    scopes: FIRST_SCOPES,
    key: first,
    now: Date.now(),
  };
  return {
    statements: statements.createTenant(tenant),
    report: (rows) => {
      // Cannot happen in one transaction; a key that was not stored must never be handed out.
      if (rows.some((inserted) => inserted.length !== 1)) throw new WranglerError(`tenant ${name} is incomplete in D1`);
      return [
        `Tenant ${tenant.name} created: plan ${tenant.plan}, owner ${tenant.adminEmail}, id ${tenant.id}.`,
        ...showKey("default", first.key, url),
      ];
    },
    explain: (message) =>
      message.includes("UNIQUE constraint failed: tenants.name")
        ? `a tenant is named ${quote(name)} already`
        : undefined,
  };
}

const TenantRow = z.object({
  name: z.string(),
  plan: z.string(),
  status: z.string(),
  admin_email: z.string(),
  shards: z.number(),
  live_keys: z.number(),
  created_at: z.number(),
});

function listTenants(): Task {
  return {
    statements: statements.listTenants(Date.now()),
    report: ([tenants = []]) => {
      if (tenants.length === 0)
        return ["There are no tenants yet: npm run tenant -- create <name> --plan … --admin-email …"];
      return formatTable(
        ["NAME", "PLAN", "STATUS", "OWNER", "SHARDS", "KEYS", "CREATED"],
        z
          .array(TenantRow)
          .parse(tenants)
          .map((row) => [
            row.name,
            row.plan,
            row.status,
            row.admin_email,
            String(row.shards),
            String(row.live_keys),
            time(row.created_at),
          ]),
      );
    },
  };
}

function setStatus(name: string, status: "active" | "suspended"): Task {
  return {
    statements: statements.setTenantStatus(parseTenantName(name), status),
    report: ([tenant, changed]) => {
      mustExist(tenant, name);
      return [changed?.length === 1 ? `Tenant ${name} is ${status}.` : `Tenant ${name} was ${status} already.`];
    },
  };
}

function createKey(
  tenant: string,
  name: string,
  options: { dedup: string; expiresInDays?: string },
  url: string,
): Task {
  const now = Date.now();
  const created = createApiKey(randomBytes(32));
  const expiresAt =
    options.expiresInDays === undefined
      ? null
      : now + parseInteger(options.expiresInDays, "--expires-in-days", 1, 3650) * day;
  const nameTaken = `tenant ${tenant} has a working key ${quote(name)} already: revoke or rotate it`;
  return {
    statements: statements.createKey({
      id: randomUUID(),
      tenant: parseTenantName(tenant),
      name: parseKeyName(name),
      key: created,
      dedup: parseChoice(options.dedup, "deduplication", DEDUP_MODES),
      now,
      expiresAt,
    }),
    report: ([found, inserted]) => {
      mustExist(found, tenant);
      if (inserted?.length !== 1) throw new UsageError(nameTaken);
      return [...(expiresAt === null ? [] : [`Expires ${time(expiresAt)}.`]), ...showKey(name, created.key, url)];
    },
    explain: (message) => (message.includes("UNIQUE constraint failed: api_keys.tenant_id") ? nameTaken : undefined),
  };
}

function revokeKey(tenant: string, name: string): Task {
  return {
    statements: statements.revokeKey(parseTenantName(tenant), parseKeyName(name), Date.now()),
    report: ([found, revoked = []]) => {
      mustExist(found, tenant);
      if (revoked.length === 0) throw new UsageError(`tenant ${tenant} has no working key ${quote(name)}`);
      return revoked.map((row) => `Key ${name} (${row.prefix}…) is revoked.`);
    },
  };
}

function rotateKey(tenant: string, name: string, overlapHours: string, url: string): Task {
  const created = createApiKey(randomBytes(32));
  return {
    statements: statements.rotateKey({
      id: randomUUID(),
      tenant: parseTenantName(tenant),
      name: parseKeyName(name),
      key: created,
      now: Date.now(),
      overlapMs: parseInteger(overlapHours, "--overlap-hours", 0, 720) * hour,
    }),
    report: ([found, inserted, old = [], activated = []]) => {
      mustExist(found, tenant);
      if (inserted?.length !== 1) throw new UsageError(`tenant ${tenant} has no working key ${quote(name)}`);
      const [current] = z
        .array(z.object({ expires_at: z.number().nullable() }))
        .length(1)
        .parse(activated);
      return [
        ...old.map((row) => `Key ${name} (${row.prefix}…) works until ${time(Number(row.expires_at))}.`),
        ...(current?.expires_at == null ? [] : [`The new one expires ${time(current.expires_at)}.`]),
        ...showKey(name, created.key, url),
      ];
    },
  };
}

const KeyRow = z.object({
  name: z.string(),
  prefix: z.string(),
  dedup: z.string(),
  created_at: z.number(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
});

function listKeys(tenant: string): Task {
  const now = Date.now();
  const state = ({ expires_at, revoked_at }: z.infer<typeof KeyRow>) => {
    if (revoked_at !== null) return `revoked ${time(revoked_at)}`;
    if (expires_at === null) return "works";
    return expires_at > now ? `works until ${time(expires_at)}` : `expired ${time(expires_at)}`;
  };
  return {
    statements: statements.listKeys(parseTenantName(tenant)),
    report: ([found, keys = []]) => {
      mustExist(found, tenant);
      return formatTable(
        ["NAME", "KEY", "DEDUP", "CREATED", "STATE"],
        z
          .array(KeyRow)
          .parse(keys)
          .map((row) => [row.name, `${row.prefix}…`, row.dedup, time(row.created_at), state(row)]),
      );
    },
  };
}

function showKey(name: string, value: string, url: string): string[] {
  return [
    "",
    `API key ${quote(name)}: ${value}`,
    "It is shown this once: log0 keeps only its hash.",
    "",
    "Send a log line:",
    `  curl -i ${url}/api/v1/logs -H 'X-API-Key: ${value}' -H 'X-Service-Name: my-service' -H 'X-Environment: production' -H 'Content-Type: application/json' -d '{"level":"ERROR","message":"hello log0"}'`,
  ];
}

function mustExist(found: Row[] | undefined, tenant: string): void {
  if (found?.length !== 1) throw new UsageError(`no tenant is named ${quote(tenant)}`);
}

/** Where the target listens: the variable LOG0_URL, else the local system, else a name to fill in. */
function targetUrl({ remote }: RemoteOption): string {
  return process.env.LOG0_URL ?? (remote === true ? "https://<your-log0-host>" : "http://127.0.0.1:8787");
}

/** Minutes are enough, and UTC is the same for everyone. */
function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Makes the task (which checks the user's input), runs it in D1 and prints its report. */
async function perform({ remote }: RemoteOption, makeTask: () => Task): Promise<void> {
  const task = makeTask();
  const state = process.env.LOG0_STATE;
  const target: Target =
    remote === true
      ? { remote: true }
      : { remote: false, ...(state === undefined ? {} : { persistTo: resolve(state) }) };
  let rows: Row[][];
  try {
    rows = await executeD1(task.statements, target);
  } catch (error) {
    const explained = error instanceof WranglerError ? task.explain?.(error.message) : undefined;
    throw explained === undefined ? error : new UsageError(explained);
  }
  console.log(task.report(rows).join("\n"));
}

/** Runs the command line and returns the exit status. */
async function main(argv: string[]): Promise<number> {
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own errors, each a line.
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UsageError || error instanceof WranglerError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
