import * as z from "zod";
import { advance } from "./clock.ts";
import { accepted, ask, call, incidentsOf, storedLogs } from "./http.ts";
import { events } from "./logs.ts";
import { settle } from "./pipeline.ts";
import type { Tenant } from "./tenant.ts";

/** Longer than any cache believes rules, merges and settings. */
export const CACHES_MS = 16_000;

/** Sends a burst of one template, and lets all that follows happen. */
export async function burst(
  tenant: Tenant,
  message: string,
  count: number,
  more: Record<string, unknown> = {},
): Promise<void> {
  await accepted(tenant.key, events(count, { message, ...more }));
  await settle(tenant);
}

/** The fingerprint of the stored logs that begin with a text. */
export async function fingerprintOf(tenant: Tenant, message: string): Promise<string> {
  const logs = (await storedLogs(tenant)).filter((log) => log.message.startsWith(message));
  const [fingerprint, ...others] = new Set(logs.map((log) => log.fingerprint));
  if (fingerprint === undefined || others.length > 0) throw new Error(`not one fingerprint of "${message}"`);
  return fingerprint;
}

/** A request with a JSON body. */
export function send(tenant: Pick<Tenant, "key">, method: string, path: string, body?: unknown): Promise<Response> {
  return call(`/api/v1${path}`, {
    method,
    headers: { "x-api-key": tenant.key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export function merge(tenant: Pick<Tenant, "key">, fingerprint: string, into: string): Promise<Response> {
  return send(tenant, "POST", "/grouping/merges", { fingerprint, into });
}

/** A merge that must succeed, and has taken effect everywhere. @returns its id */
export async function merged(tenant: Tenant, fingerprint: string, into: string): Promise<string> {
  const response = await merge(tenant, fingerprint, into);
  const text = await response.text();
  if (response.status !== 201) throw new Error(`not merged: ${response.status} ${text}`);
  advance(CACHES_MS);
  return z.object({ id: z.uuid() }).parse(JSON.parse(text)).id;
}

export function split(tenant: Pick<Tenant, "key">, id: string): Promise<Response> {
  return send(tenant, "DELETE", `/grouping/merges/${id}`);
}

/** A split that must succeed, and has taken effect everywhere. */
export async function taken(tenant: Tenant, id: string): Promise<void> {
  const response = await split(tenant, id);
  if (response.status !== 204) throw new Error(`not split: ${response.status} ${await response.text()}`);
  advance(CACHES_MS);
}

const Merge = z.strictObject({
  id: z.uuid(),
  fingerprint: z.string(),
  target: z.string(),
  kind: z.enum(["merge", "version"]),
  actor: z.string(),
  note: z.string().nullable(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  endedBy: z.string().nullable(),
});

export async function mergesOf(tenant: Tenant, query = "") {
  const page = z.object({ merges: z.array(Merge), nextCursor: z.string().nullable() });
  return (await ask(tenant, page, `/api/v1/grouping/merges?${query}`)).merges;
}

/** The incidents of a fingerprint, newest first. */
export async function incidentsUnder(tenant: Tenant, fingerprint: string) {
  return (await incidentsOf(tenant)).filter((incident) => incident.fingerprint === fingerprint);
}

/** What is open, and how much each counts. */
export async function openOnes(tenant: Tenant) {
  return (await incidentsOf(tenant))
    .filter((incident) => incident.status !== "RESOLVED")
    .map(({ fingerprint, environment, occurrenceCount }) => ({ fingerprint, environment, occurrenceCount }))
    .sort((a, b) => a.occurrenceCount - b.occurrenceCount);
}

const Rules = z.object({
  version: z.number(),
  rules: z.array(z.object({ name: z.string() })),
  actor: z.string().nullable(),
  savedAt: z.number().nullable(),
});

export function rulesOf(tenant: Tenant) {
  return ask(tenant, Rules, "/api/v1/grouping/rules");
}

export function putRules(tenant: Pick<Tenant, "key">, rules: unknown, version: number): Promise<Response> {
  return send(tenant, "PUT", "/grouping/rules", { rules, version });
}

/** Rules that must be taken, and have taken effect everywhere. */
export async function saved(tenant: Tenant, rules: unknown): Promise<void> {
  const { version } = await rulesOf(tenant);
  const response = await putRules(tenant, rules, version);
  if (response.status !== 200) throw new Error(`not saved: ${response.status} ${await response.text()}`);
  advance(CACHES_MS);
}
