import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "commander";
import * as z from "zod";
import { createApiKey } from "../../core/auth/api-key.ts";
import { PLANS } from "../../schema/contracts/plans.ts";
import { SCOPES } from "../../schema/contracts/roles.ts";
import { WranglerError } from "../wrangler.ts";
import { parseChoice, parseChoices, parseEmail, parseInteger, parseTenantName, quote } from "./input.ts";
import { showKey, USUAL_SCOPES } from "./keys.ts";
import { newInvitation, showInvitation } from "./members.ts";
import { formatTable, formatTime } from "./output.ts";
import { invite } from "./statements/members.ts";
import * as statements from "./statements/tenants.ts";
import { command, mustExist, perform, type RemoteOption, type Task, targetUrl } from "./task.ts";

interface CreateOptions extends RemoteOption {
  plan: string;
  adminEmail: string;
  shards: string;
  scopes: string;
}

export function addTenantCommands(program: Command): void {
  command(program, "create <name>", "create a tenant, its owner, its first source and its first API key")
    .requiredOption("--plan <plan>", PLANS.join(", "))
    .requiredOption("--admin-email <e-mail>", "the owner")
    .option("--shards <n>", "LogStore objects to spread the logs over", "1")
    .option("--scopes <list>", `of the first API key: ${SCOPES.join(", ")}`, USUAL_SCOPES)
    .action((name: string, options: CreateOptions) => perform(options, () => createTenant(name, options)));

  command(program, "list", "list the tenants").action((options: RemoteOption) => perform(options, listTenants));

  command(program, "suspend <name>", "neither logs nor readers come in; the data stays").action(
    (name: string, options: RemoteOption) => perform(options, () => setStatus(name, "suspended")),
  );

  command(program, "activate <name>", "undo suspend").action((name: string, options: RemoteOption) =>
    perform(options, () => setStatus(name, "active")),
  );
}

function createTenant(name: string, options: CreateOptions): Task {
  const now = Date.now();
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
    scopes: parseChoices(options.scopes, "scope", SCOPES),
    key: first,
    now,
  };
  const { id, token, hash, expiresAt } = newInvitation(now);
  const creation = statements.createTenant(tenant);
  const invitation = invite({
    ...{ id, hash, now, expiresAt },
    ...{ tenant: tenant.name, email: tenant.adminEmail, role: "owner" },
  });
  return {
    statements: [...creation, ...invitation],
    report: (rows) => {
      const [, , , invited] = rows.slice(creation.length);
      // Cannot happen in one transaction; a key that was not stored must never be handed out.
      if ([...rows.slice(0, creation.length), invited].some((inserted) => inserted?.length !== 1)) {
        throw new WranglerError(`tenant ${name} is incomplete in D1`);
      }
      const url = targetUrl(options);
      return [
        `Tenant ${tenant.name} created: plan ${tenant.plan}, owner ${tenant.adminEmail}, id ${tenant.id}.`,
        ...showKey("default", first.key, tenant.scopes.includes("ingest"), url),
        ...showInvitation(tenant.adminEmail, token, expiresAt, url),
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
            formatTime(row.created_at),
          ]),
      );
    },
  };
}

function setStatus(name: string, status: "active" | "suspended"): Task {
  return {
    statements: statements.setTenantStatus(parseTenantName(name), status, Date.now()),
    report: ([tenant, changed]) => {
      mustExist(tenant, name);
      return [changed?.length === 1 ? `Tenant ${name} is ${status}.` : `Tenant ${name} was ${status} already.`];
    },
  };
}
