import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "commander";
import * as z from "zod";
import { createApiKey } from "../../core/auth/api-key.ts";
import { keyExpiry, MAX_KEY_DAYS, MAX_LIVING_KEYS, OVERLAP_HOURS } from "../../core/auth/key-rules.ts";
import { SCOPES } from "../../schema/contracts/roles.ts";
import type { Row } from "../wrangler.ts";
import {
  parseChoices,
  parseInteger,
  parseKeyName,
  parseSourceName,
  parseTenantName,
  quote,
  UsageError,
} from "./input.ts";
import { formatTable, formatTime } from "./output.ts";
import * as statements from "./statements/keys.ts";
import { command, mustExist, perform, type RemoteOption, type Task, targetUrl } from "./task.ts";

/** A first key's, and what a key gets without --scopes: whoever finds it in an agent's configuration can change nothing. */
export const USUAL_SCOPES = "ingest,read";

interface CreateOptions extends RemoteOption {
  scopes: string;
  source?: string;
  expiresInDays?: string;
}

export function addKeyCommands(program: Command): void {
  const key = program.command("key").description("API keys of a tenant");

  command(key, "create <tenant> <key-name>", "create an API key")
    .option("--scopes <list>", `of ${SCOPES.join(", ")}`, USUAL_SCOPES)
    .option("--source <name>", 'what a key with the scope ingest sends for; "default" when missing')
    .option("--expires-in-days <n>", "never when missing")
    .action((tenant: string, name: string, options: CreateOptions) =>
      perform(options, () => createKey(tenant, name, options)),
    );

  command(key, "revoke <tenant> <key-name>", "end an API key now").action(
    (tenant: string, name: string, options: RemoteOption) => perform(options, () => revokeKey(tenant, name)),
  );

  command(key, "rotate <tenant> <key-name>", "create a new key of the name; the old one still works for a while")
    .option("--overlap-hours <n>", "how long the old key still works", String(OVERLAP_HOURS.usual))
    .action((tenant: string, name: string, options: RemoteOption & { overlapHours: string }) =>
      perform(options, () => rotateKey(tenant, name, options)),
    );

  command(key, "list <tenant>", "list the API keys of a tenant").action((tenant: string, options: RemoteOption) =>
    perform(options, () => listKeys(tenant)),
  );
}

function createKey(tenant: string, name: string, options: CreateOptions): Task {
  const now = Date.now();
  const created = createApiKey(randomBytes(32));
  const scopes = parseChoices(options.scopes, "scope", SCOPES);
  const sends = scopes.includes("ingest");
  if (!sends && options.source !== undefined) throw new UsageError("--source is for keys with the scope ingest");
  const source = sends ? parseSourceName(options.source ?? "default") : null;
  const expiresAt =
    options.expiresInDays === undefined
      ? null
      : keyExpiry(now, parseInteger(options.expiresInDays, "--expires-in-days", 1, MAX_KEY_DAYS));
  const nameTaken = `tenant ${tenant} has a working key ${quote(name)} already: revoke or rotate it`;
  return {
    statements: statements.createKey({
      id: randomUUID(),
      tenant: parseTenantName(tenant),
      name: parseKeyName(name),
      key: created,
      scopes,
      source,
      now,
      expiresAt,
    }),
    report: ([found, facts = [], inserted]) => {
      mustExist(found, tenant);
      const [fact] = z.tuple([z.object({ source_id: z.string().nullable(), living: z.number() })]).parse(facts);
      if (source !== null && fact.source_id === null) {
        throw new UsageError(`tenant ${tenant} has no source ${quote(source)}`);
      }
      if (inserted?.length !== 1) {
        throw new UsageError(fact.living >= MAX_LIVING_KEYS ? tooMany(tenant) : nameTaken);
      }
      return [
        ...(expiresAt === null ? [] : [`Expires ${formatTime(expiresAt)}.`]),
        ...showKey(name, created.key, sends, targetUrl(options)),
      ];
    },
    explain: (message) => (message.includes("UNIQUE constraint failed: api_keys.tenant_id") ? nameTaken : undefined),
  };
}

function revokeKey(tenant: string, name: string): Task {
  return {
    statements: statements.revokeKey(parseTenantName(tenant), parseKeyName(name), Date.now()),
    report: ([found, revoked = []]) => {
      mustExist(found, tenant);
      if (revoked.length === 0) throw new UsageError(noKey(tenant, name));
      return revoked.map((row) => `Key ${name} (${row.prefix}…) is revoked.`);
    },
  };
}

function rotateKey(tenant: string, name: string, options: RemoteOption & { overlapHours: string }): Task {
  const created = createApiKey(randomBytes(32));
  return {
    statements: statements.rotateKey({
      id: randomUUID(),
      tenant: parseTenantName(tenant),
      name: parseKeyName(name),
      key: created,
      now: Date.now(),
      overlapHours: parseInteger(options.overlapHours, "--overlap-hours", 0, OVERLAP_HOURS.most),
    }),
    report: ([found, facts, inserted, , old = [], activated = []]) => {
      mustExist(found, tenant);
      if (inserted?.length !== 1) {
        const [{ living }] = z.tuple([z.object({ living: z.number() })]).parse(facts);
        throw new UsageError(living >= MAX_LIVING_KEYS ? tooMany(tenant) : noKey(tenant, name));
      }
      const [current] = z.tuple([z.object({ scopes: z.string(), expires_at: z.number().nullable() })]).parse(activated);
      return [
        ...old.map((row) => `Key ${name} (${row.prefix}…) works until ${formatTime(Number(row.expires_at))}.`),
        ...(current.expires_at === null ? [] : [`The new one expires ${formatTime(current.expires_at)}.`]),
        ...showKey(name, created.key, current.scopes.split(" ").includes("ingest"), targetUrl(options)),
      ];
    },
  };
}

const noKey = (tenant: string, name: string) => `tenant ${tenant} has no working key ${quote(name)}`;
const tooMany = (tenant: string) => `tenant ${tenant} has ${MAX_LIVING_KEYS} working keys: revoke some`;

function listKeys(tenant: string): Task {
  const now = Date.now();
  return {
    statements: statements.listKeys(parseTenantName(tenant)),
    report: ([found, keys = []]) => {
      mustExist(found, tenant);
      return keyTable(keys, now);
    },
  };
}

const KeyRow = z.object({
  name: z.string(),
  prefix: z.string(),
  scopes: z.string(),
  source: z.string().nullable(),
  source_deleted_at: z.number().nullable(),
  created_at: z.number(),
  last_used_at: z.number().nullable(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
});

/** The rows of `statements.listKeys` as a table. @param now Unix ms */
export function keyTable(keys: Row[], now: number): string[] {
  const state = ({ expires_at, revoked_at }: z.infer<typeof KeyRow>) => {
    if (revoked_at !== null) return `revoked ${formatTime(revoked_at)}`;
    if (expires_at === null) return "works";
    return `${expires_at > now ? "works until" : "expired"} ${formatTime(expires_at)}`;
  };
  return formatTable(
    ["NAME", "KEY", "SCOPES", "SOURCE", "CREATED", "LAST USED", "STATE"],
    z
      .array(KeyRow)
      .parse(keys)
      .map((row) => [
        row.name,
        `${row.prefix}…`,
        row.scopes.replaceAll(" ", ","),
        row.source_deleted_at === null ? (row.source ?? "-") : `${row.source} (deleted)`,
        formatTime(row.created_at),
        row.last_used_at === null ? "never" : formatTime(row.last_used_at),
        state(row),
      ]),
  );
}

/** A new key, which is shown this once, and what to do with it. */
export function showKey(name: string, value: string, sends: boolean, url: string): string[] {
  const header = `-H 'X-API-Key: ${value}'`;
  return [
    "",
    `API key ${quote(name)}: ${value}`,
    "It is shown this once: log0 keeps only its hash.",
    ...(sends
      ? [
          "",
          "Send a log line:",
          `  curl -i ${url}/api/v1/logs ${header} -H 'X-Service-Name: my-service' -H 'Content-Type: application/json' -d '{"level":"ERROR","message":"hello log0"}'`,
        ]
      : []),
  ];
}
