import { exports } from "cloudflare:workers";
import * as z from "zod";
import type { Tenant } from "./tenant.ts";

const ORIGIN = "http://log0.test";

export function call(path: string, init?: RequestInit): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, init);
}

const Rejected = z.object({ index: z.number(), code: z.string(), message: z.string().min(1) });

const Accepted = z.strictObject({
  received: z.number(),
  rejected: z.array(Rejected),
  rejectedCount: z.number(),
  adjusted: z.array(z.object({ index: z.number(), message: z.string() })),
  duplicates_skipped: z.number(),
  eventIds: z.array(z.uuid()),
});
export type Accepted = z.infer<typeof Accepted>;

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string().min(1),
  column: z.number().optional(),
});

export interface Posting {
  path?: string;
  headers?: Record<string, string>;
}

/** Sends a body to the ingest. Text and bytes go as they are, of no type, as a bare client sends them; the rest as JSON. */
export function post(key: string, body: unknown, { path = "/api/v1/logs", headers = {} }: Posting = {}) {
  const json = typeof body === "string" || body instanceof Uint8Array ? undefined : JSON.stringify(body);
  const type: Record<string, string> = json === undefined ? {} : { "content-type": "application/json" };
  return call(path, {
    method: "POST",
    headers: { "x-api-key": key, "x-service-name": "checkout", ...type, ...headers },
    body: body instanceof Uint8Array ? body : new TextEncoder().encode(json ?? String(body)),
  });
}

/** Sends a body that must be accepted. */
export async function accepted(key: string, body: unknown, posting?: Posting): Promise<Accepted> {
  const response = await post(key, body, posting);
  const text = await response.text();
  if (response.status !== 202) throw new Error(`not accepted: ${response.status} ${text}`);
  return Accepted.parse(JSON.parse(text));
}

/** The problem that an answer states. */
export async function problemOf(response: Response) {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`no problem, but ${response.status} ${type}`);
  return Problem.parse(await response.json());
}

/** A GET, PATCH or POST that must succeed. */
export async function ask<T extends z.ZodType>(
  tenant: Pick<Tenant, "key">,
  schema: T,
  path: string,
  init: RequestInit = {},
): Promise<z.infer<T>> {
  const response = await call(path, { ...init, headers: { "x-api-key": tenant.key, ...init.headers } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

export const Log = z.object({
  eventId: z.string(),
  tenantId: z.string(),
  serviceName: z.string(),
  environment: z.string(),
  timestamp: z.string(),
  receivedAt: z.string(),
  level: z.string(),
  message: z.string(),
  messageTemplate: z.string(),
  fingerprint: z.string(),
  trace: z.string().optional(),
  traceId: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
});
export type Log = z.infer<typeof Log>;
const LogPage = z.object({ logs: z.array(Log), nextCursor: z.string().nullable(), partial: z.boolean() });

export function logPage(tenant: Tenant, query = ""): Promise<z.infer<typeof LogPage>> {
  return ask(tenant, LogPage, `/api/v1/logs?${query}`);
}

/** All of a tenant's stored logs, through every page. */
export async function storedLogs(tenant: Tenant, query = ""): Promise<Log[]> {
  const logs: Log[] = [];
  let cursor: string | null = null;
  do {
    const page = await logPage(tenant, `limit=1000&${query}${cursor === null ? "" : `&cursor=${cursor}`}`);
    logs.push(...page.logs);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return logs;
}

const Incident = z.object({
  id: z.uuid(),
  status: z.string(),
  severity: z.string(),
  serviceName: z.string(),
  environment: z.string(),
  fingerprint: z.string(),
  messageTemplate: z.string(),
  exceptionType: z.string().nullable(),
  occurrenceCount: z.number(),
  topMessages: z.array(z.string()),
  summary: z.object({ model: z.string(), summary: z.string() }).nullable(),
  regressionOf: z.string().nullable(),
  version: z.number(),
});
const IncidentPage = z.object({ incidents: z.array(Incident), nextCursor: z.string().nullable() });
const IncidentDetail = Incident.extend({
  history: z.array(
    z.object({
      actor: z.string(),
      change: z.string(),
      fromStatus: z.string().nullable(),
      toStatus: z.string().nullable(),
    }),
  ),
  windows: z.array(z.object({ start: z.number(), count: z.number() })),
});

export async function incidentsOf(tenant: Tenant, query = "") {
  return (await ask(tenant, IncidentPage, `/api/v1/incidents?limit=1000&${query}`)).incidents;
}

export function incidentOf(tenant: Tenant, id: string) {
  return ask(tenant, IncidentDetail, `/api/v1/incidents/${id}`);
}

const DeadLetter = z.object({
  id: z.uuid(),
  queue: z.string(),
  stage: z.string(),
  errorCode: z.string(),
  errorMessage: z.string(),
  attempts: z.number(),
  replayedAt: z.number().nullable(),
});
const DeadLetterPage = z.object({ deadLetters: z.array(DeadLetter), nextCursor: z.string().nullable() });

export async function deadLettersOf(tenant: Tenant, query = "") {
  return (await ask(tenant, DeadLetterPage, `/api/v1/dead-letters?limit=1000&${query}`)).deadLetters;
}

const DeadLetterDetail = DeadLetter.extend({
  chunkIds: z.array(z.string()),
  event: z.object({ originalEvent: z.unknown(), errorMessage: z.string(), failedAt: z.string() }),
});

export function deadLetterOf(tenant: Tenant, id: string) {
  return ask(tenant, DeadLetterDetail, `/api/v1/dead-letters/${id}`);
}

export function replay(tenant: Tenant, id?: string) {
  const path = id === undefined ? "/api/v1/dead-letters/replay" : `/api/v1/dead-letters/${id}/replay`;
  return ask(tenant, z.object({ replayed: z.number() }), path, { method: "POST" });
}

export async function changeStatus(tenant: Tenant, id: string, status: string): Promise<Response> {
  return await call(`/api/v1/incidents/${id}/status`, {
    method: "PATCH",
    headers: { "x-api-key": tenant.key, "content-type": "application/json" },
    body: JSON.stringify({ status }),
  });
}
