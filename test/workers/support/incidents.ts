import { expect } from "vitest";
import * as z from "zod";
import { users } from "../../../schema/tables/tenants.ts";
import { nextWindow, setClock } from "./clock.ts";
import { accepted, call, problemOf } from "./http.ts";
import { events } from "./logs.ts";
import { settle, storeAlarm, windowAlarms } from "./pipeline.ts";
import { createTenant, type Tenant } from "./tenant.ts";

const Shown = z.object({
  id: z.string(),
  title: z.string(),
  status: z.string(),
  severity: z.string(),
  fingerprint: z.string(),
  occurrenceCount: z.number(),
  version: z.number(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  assigneeId: z.string().nullable(),
  acknowledgedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  snoozedAt: z.number().nullable(),
  ignoredAt: z.number().nullable(),
  escalatedAt: z.number().nullable(),
  mergedInto: z.string().nullable(),
  regressionOf: z.string().nullable(),
  origin: z.string(),
});
export type Shown = z.infer<typeof Shown>;

const Entry = z.object({
  at: z.number(),
  actor: z.string(),
  change: z.string(),
  fromStatus: z.string().nullable(),
  toStatus: z.string().nullable(),
  note: z.string().nullable(),
  subject: z.string().nullable(),
});

const Detail = Shown.extend({
  history: z.array(Entry),
  windows: z.array(z.object({ start: z.number(), count: z.number() })),
});

/** A call of the API, as one of a tenant's clients makes it. */
export function send(tenant: Pick<Tenant, "key">, method: string, path: string, body?: unknown, headers = {}) {
  return call(`/api/v1${path}`, {
    method,
    headers: { "x-api-key": tenant.key, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A verb that must succeed. @returns what the API answers; undefined where that is nothing */
export async function done(tenant: Tenant, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await send(tenant, method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

export async function detailOf(tenant: Tenant, id: string) {
  return Detail.parse(await done(tenant, "GET", `/incidents/${id}`));
}

export async function changesOf(tenant: Tenant, id: string): Promise<string[]> {
  return (await detailOf(tenant, id)).history.map((entry) => entry.change);
}

export async function listOf(tenant: Tenant, query = ""): Promise<Shown[]> {
  const page = z.object({ incidents: z.array(Shown) });
  return page.parse(await done(tenant, "GET", `/incidents?limit=1000&${query}`)).incidents;
}

/** The detail of a 409. */
export async function conflictOf(response: Response): Promise<string> {
  expect(response.status).toBe(409);
  const problem = await problemOf(response);
  expect(problem.code).toBe("conflict");
  return problem.detail;
}

/** A user of the tenant. */
export async function createUser(tenant: Tenant, role: "owner" | "admin" | "member" | "viewer" = "member") {
  const id = crypto.randomUUID();
  await tenant.scope.db
    .insert(users)
    .values({ id, tenantId: tenant.id, email: `${id}@acme.test`, role, createdAt: Date.now() });
  return id;
}

/** Opens one more incident of the tenant, of twelve logs of a service. */
export async function openIncident(tenant: Tenant, service = "checkout", options: object = {}): Promise<string> {
  const known = new Set((await listOf(tenant)).map(({ id }) => id));
  await accepted(tenant.key, events(12, { service, ...options }));
  await settle(tenant);
  const [incident] = (await listOf(tenant)).filter(({ id }) => !known.has(id));
  if (incident === undefined) throw new Error("no new incident");
  return incident.id;
}

/** A tenant with one incident, a second into a window. */
export async function withIncident(settings: Parameters<typeof createTenant>[0] = {}) {
  const tenant = await createTenant(settings);
  setClock(nextWindow() + 1_000);
  return { tenant, id: await openIncident(tenant) };
}

/** Lets the present window speak its last word. */
export async function closeWindow(tenant: Tenant): Promise<void> {
  setClock(nextWindow() + 11_000);
  await storeAlarm(tenant);
  await windowAlarms(tenant);
  await settle(tenant);
}
