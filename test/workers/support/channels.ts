import { inject } from "vitest";
import * as z from "zod";
import { accepted, ask, call, problemOf } from "./http.ts";
import { events } from "./logs.ts";
import { messagesAt } from "./pipeline.ts";
import type { Sent } from "./queues.ts";
import { createTenant, type Tenant } from "./tenant.ts";

const Calls = z.array(
  z.object({ method: z.string(), path: z.string(), headers: z.record(z.string(), z.unknown()), body: z.string() }),
);

export interface Scripted {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  manner?: "ends" | "silent" | "waits" | "silent-body" | "endless";
}

const receiver = (path: string) => `${inject("receiversUrl")}${path}`;

/** What a receiver got, in order. @param key an address, or the last part of a URL */
export async function received(key: string) {
  return Calls.parse(await (await fetch(receiver(`/calls?key=${encodeURIComponent(key)}`))).json());
}

/** Makes a receiver answer the next calls like this. */
export async function answers(key: string, list: Scripted[]): Promise<void> {
  const url = receiver(`/script?key=${encodeURIComponent(key)}`);
  await (await fetch(url, { method: "POST", body: JSON.stringify(list) })).text();
}

/** Waits until the connection of a receiver's last answer is over. @returns the bytes that were sent on it */
export async function closed(key: string): Promise<number> {
  return z.number().parse(await (await fetch(receiver(`/closed?key=${encodeURIComponent(key)}`))).json());
}

/** Waits until a receiver has got something. */
export async function arrived(key: string): Promise<void> {
  await (await fetch(receiver(`/arrived?key=${encodeURIComponent(key)}`))).text();
}

/** Lets an answer go that waits. @returns whether somebody was still waiting for it */
export async function release(key: string): Promise<boolean> {
  return z.boolean().parse(await (await fetch(receiver(`/release?key=${encodeURIComponent(key)}`))).json());
}

export const hookUrl = (key: string) => receiver(`/hook/${key}`);
export const discordUrl = (key: string) => receiver(`/api/webhooks/123456789/${key}`);

const Channel = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  failingSince: z.number().nullable(),
  lastError: z.string().nullable(),
  lastDeliveredAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  signingSecret: z.string().optional(),
});

function send(tenant: Tenant, method: string, path: string, body?: unknown): Promise<Response> {
  return call(`/api/v1${path}`, {
    method,
    headers: { "x-api-key": tenant.key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Makes a channel that must be taken. */
export async function addChannel(tenant: Tenant, channel: Record<string, unknown>) {
  return await ask(tenant, Channel, "/api/v1/channels", { method: "POST", body: JSON.stringify(channel) });
}

export async function channelsOf(tenant: Tenant) {
  return (await ask(tenant, z.object({ channels: z.array(Channel) }), "/api/v1/channels")).channels;
}

/** A request about channels, and what came of it: a status, and the code of a problem. */
export async function tryChannels(tenant: Tenant, method: string, path: string, body?: unknown) {
  const response = await send(tenant, method, path, body);
  if (response.ok) return { status: response.status };
  const { status, code, detail } = await problemOf(response);
  return { status, code, detail };
}

const Tested = z.object({ delivered: z.boolean(), error: z.string().optional(), permanent: z.boolean().optional() });

export function testChannel(tenant: Tenant, id: string) {
  return ask(tenant, Tested, `/api/v1/channels/${id}/test`, { method: "POST" });
}

const Saved = z.object({ version: z.number() });

export async function route(tenant: Tenant, routing: object, version = 0): Promise<number> {
  const body = JSON.stringify({ routing, version });
  return (await ask(tenant, Saved, "/api/v1/routing", { method: "PUT", body })).version;
}

export const KINDS = ["email", "discord", "webhook"] as const;
export type Kind = (typeof KINDS)[number];

/** A channel of a kind, and what the receiver's calls are found by. */
export async function withChannel(tenant: Tenant, kind: Kind, name = `my ${kind}`) {
  const id = crypto.randomUUID();
  const key = kind === "email" ? `${id}@acme.test` : id;
  const to = { email: { to: [key] }, discord: { url: discordUrl(key) }, webhook: { url: hookUrl(key) } }[kind];
  return { key, channel: await addChannel(tenant, { kind, name, ...to }) };
}

/** A tenant with a channel of a kind, and an incident that waits to be told. */
export async function waiting(kind: Kind, event: Record<string, unknown> = {}) {
  const tenant = await createTenant();
  const { key, channel } = await withChannel(tenant, kind);
  await accepted(tenant.key, events(12, event));
  const [message] = await messagesAt("notification-events", tenant);
  if (message === undefined) throw new Error("nothing to tell");
  return { tenant, key, channel, message };
}

/** A message at its next attempt. */
export const again = (message: Sent, attempts = 2): Sent => ({ ...message, attempts });
