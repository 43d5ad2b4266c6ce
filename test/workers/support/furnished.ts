import { env } from "cloudflare:workers";
import { getTableColumns } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import * as tables from "../../../schema/tables/index.ts";
import { slackInstalls } from "../../../schema/tables/slack.ts";
import { recordDeadLetter } from "../../../services/dead-letters/record.ts";
import { must } from "./api.ts";
import { signedIn } from "./auth.ts";
import { advance } from "./clock.ts";
import { accepted, ask, incidentsOf, storedLogs } from "./http.ts";
import { done } from "./incidents.ts";
import { events } from "./logs.ts";
import { settle, storeAlarm } from "./pipeline.ts";
import { createTenant, type Tenant } from "./tenant.ts";

/** Ids of what a tenant has, by the route that takes them: what somebody else could guess. */
export interface Furnished {
  tenant: Tenant;
  owner: Awaited<ReturnType<typeof signedIn>>;
  /** A word that stands in every text of the tenant, and nowhere else. */
  mark: string;
  ids: Readonly<Record<string, string>>;
}

const Made = z.looseObject({ id: z.string() });
const make = async (credential: string, path: string, body: object) =>
  (await must(Made, credential, "POST", path, body)).id;
const HOUR_MS = 60 * 60 * 1000;

/** A tenant that has something of everything, hot and in segments, with its mark on all of it. */
export async function furnish(mark: string): Promise<Furnished> {
  const tenant = await createTenant({ plan: "team" });
  const burst = (service: string, text: string) =>
    accepted(
      tenant.key,
      events(12, { serviceName: `${service}-${mark}`, message: `${text} of ${mark} failed`, traceId: `trace-${mark}` }),
    );
  await burst("a", "payment");
  await settle(tenant);
  advance(HOUR_MS + 1);
  await storeAlarm(tenant);
  await burst("b", "login");
  await settle(tenant);
  const owner = await signedIn(tenant, "owner");
  const session = await env.DB.prepare("SELECT id FROM sessions WHERE tenant_id = ?")
    .bind(tenant.id)
    .first<{ id: string }>();
  const [second, first] = await incidentsOf(tenant);
  const [log] = await storedLogs(tenant);
  if (first === undefined || second === undefined || log === undefined) throw new Error("no incidents or logs");
  await done(tenant, "POST", `/incidents/${first.id}/comments`, { text: `a comment of ${mark}` });
  const letter = crypto.randomUUID();
  await recordDeadLetter(tenant.platform, {
    id: letter,
    tenantId: tenant.id,
    queue: "jobs",
    stage: "job-service",
    body: JSON.stringify({ type: "NOTHING", tenantId: tenant.id, mark }),
    attempts: 6,
    error: new Error(`no job of ${mark}`),
  });
  const Letters = z.object({ deadLetters: z.array(Made) });
  const [dead] = (await ask(tenant, Letters, "/api/v1/dead-letters")).deadLetters;
  const channel = await make(tenant.key, "/channels", {
    kind: "email",
    name: `mail ${mark}`,
    to: [`${mark}@acme.test`],
  });
  const merge = await make(tenant.key, "/grouping/merges", {
    fingerprint: first.fingerprint,
    into: second.fingerprint,
  });
  await tenant.scope.db.insert(slackInstalls).values({
    tenantId: tenant.id,
    kind: "token",
    teamId: `T${mark}`,
    teamName: `team ${mark}`,
    botUserId: "U1",
    botToken: await tenant.scope.secrets().seal(tenant.id, `token of ${mark}`, tenant.scope.random(12)),
    actor: "operator",
    createdAt: Date.now(),
    updatedAt: Date.now(),
  });
  const source = await make(tenant.key, "/sources", { name: `source-${mark}` });
  const key = await make(tenant.key, "/keys", { name: `key-${mark}`, scopes: ["read"] });
  return {
    tenant,
    owner,
    mark,
    ids: {
      incidents: second.id,
      otherIncident: first.id,
      logs: log.eventId,
      patterns: first.fingerprint,
      "dead-letters": dead?.id ?? "",
      channels: channel,
      "grouping/merges": merge,
      sources: source,
      keys: key,
      members: owner.userId,
      "members/invitations": await make(owner.accessToken, "/members/invitations", {
        email: `guest-${mark}@acme.test`,
        role: "viewer",
      }),
      "auth/sessions": session?.id ?? "",
    },
  };
}

/** All tables that carry a tenant. */
export const TENANT_TABLES = Object.values(tables)
  .filter((table) => table instanceof SQLiteTable)
  .filter((table) => "tenantId" in getTableColumns(table));

/** Every row of a tenant, in every table that has any, and the keys of its objects. */
export async function everythingOf(tenantId: string): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of TENANT_TABLES) {
    const { name } = getTableConfig(table);
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}" WHERE tenant_id = ? ORDER BY rowid`)
      .bind(tenantId)
      .all();
    found[name] = results;
  }
  const { objects } = await env.BUCKET.list({ limit: 1_000 });
  found.objects = objects.filter(({ key }) => key.includes(tenantId)).map(({ key, etag }) => [key, etag]);
  return found;
}
