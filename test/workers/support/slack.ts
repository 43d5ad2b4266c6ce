import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import * as z from "zod";
import { signSlackRequest } from "../../../core/auth/slack-signature.ts";
import { encodeRef } from "../../../core/notifications/slack-actions.ts";
import { users } from "../../../schema/tables/tenants.ts";
import worker from "../../../workers/index.ts";
import type { Tenant } from "./tenant.ts";

const Call = z.object({
  method: z.string(),
  authorization: z.string(),
  body: z.looseObject({
    channel: z.string().default(""),
    text: z.string().default(""),
    blocks: z.array(z.record(z.string(), z.unknown())).default([]),
    ts: z.string().optional(),
    thread_ts: z.string().optional(),
  }),
});

function url(path: string, key: string): string {
  return `${inject("slackUrl")}${path}?channel=${encodeURIComponent(key)}`;
}

/** The calls that the fake Slack got for a channel (or `D-<account>`, `respond/<name>`, or with a token), in order. */
export async function callsAt(key: string) {
  return z.array(Call).parse(await (await fetch(url("/calls", key))).json());
}

/** The messages that were posted and edited in a tenant's channel, in order; without the replies in their threads. */
export async function slackCalls(tenant: Pick<Tenant, "channel">) {
  return (await callsAt(tenant.channel)).filter(
    ({ method, body }) => method !== "chat.postEphemeral" && body.thread_ts === undefined,
  );
}

/** What was said in threads of a tenant's channel. */
export async function slackReplies(tenant: Pick<Tenant, "channel">) {
  return (await callsAt(tenant.channel))
    .filter(({ body }) => body.thread_ts !== undefined)
    .map(({ body: { text, thread_ts } }) => ({ text, thread: thread_ts }));
}

/** Makes the fake Slack answer the next calls for a tenant's channel (or another key) like this. */
export async function script(
  { channel }: Pick<Tenant, "channel">,
  answers: { status: number; headers?: Record<string, string>; body: unknown }[],
): Promise<void> {
  await (await fetch(url("/script", channel), { method: "POST", body: JSON.stringify(answers) })).text();
}

/** The workspace of the platform's token. */
export const PLATFORM_TEAM = "TPLATFORM";

export interface Person {
  userId: string;
  slackUserId: string;
  email: string;
}

let people = 0;

/** An id as Slack gives them; tests share one fake Slack. */
export function slackId(kind: "U" | "T"): string {
  return `${kind}${crypto.randomUUID().replaceAll("-", "").slice(0, 10).toUpperCase()}`;
}

/** Makes an account of Slack. */
export async function slackAccount(fields: Record<string, unknown> & { id: string; email?: string }): Promise<void> {
  const { email, ...rest } = fields;
  const user = { team_id: PLATFORM_TEAM, profile: email === undefined ? {} : { email }, ...rest };
  await (await fetch(url("/users", ""), { method: "POST", body: JSON.stringify(user) })).text();
}

/** Makes a user of a tenant, with an account in Slack. */
export async function createPerson(
  tenant: Tenant,
  role: "owner" | "admin" | "member" | "viewer" = "member",
  account: Record<string, unknown> = {},
): Promise<Person> {
  const person = {
    userId: crypto.randomUUID(),
    slackUserId: slackId("U"),
    email: `p${++people}-${tenant.id}@acme.test`,
  };
  await tenant.scope.db
    .insert(users)
    .values({ id: person.userId, tenantId: tenant.id, email: person.email, role, createdAt: Date.now() });
  await slackAccount({ id: person.slackUserId, email: person.email, ...account });
  return person;
}

export interface Signing {
  secret?: string;
  /** Unix seconds. */
  timestamp?: string;
  signature?: string;
}

/** Sends a payload as Slack would, and waits for the work that comes after the answer. */
export async function interact(payload: unknown, signing: Signing = {}): Promise<Response> {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const { secret = env.SLACK_SIGNING_SECRET ?? "", timestamp = String(Math.floor(Date.now() / 1000)) } = signing;
  const request = new Request<unknown, IncomingRequestCfProperties>("http://log0.test/api/v1/slack/interactions", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signing.signature ?? signSlackRequest(secret, timestamp, body),
    },
    body,
  });
  const context = createExecutionContext();
  const response = await worker.fetch(request, env, context);
  await waitOnExecutionContext(context);
  return response;
}

export interface Click {
  tenant: Tenant;
  incidentId: string;
  by: { slackUserId: string };
  action: string;
  /** What was chosen of a menu. */
  choice?: string;
  team?: string;
  /** Where the answer for the clicker goes; a name of the fake Slack, or an address. */
  respond?: string;
}

let clicks = 0;

/** The payload of a click on a button or a menu of an incident's message. No two are equal. */
export function clickPayload({ tenant, incidentId, by, action, choice, team = PLATFORM_TEAM, respond = "x" }: Click) {
  return {
    type: "block_actions",
    user: { id: by.slackUserId, team_id: team },
    team: { id: team, domain: "acme" },
    api_app_id: "A1",
    trigger_id: `${++clicks}.1.${crypto.randomUUID().replaceAll("-", "")}`,
    channel: { id: `C-${tenant.channel}`, name: "incidents" },
    response_url: respond.includes("://") ? respond : `${inject("slackUrl")}/respond/${respond}`,
    actions: [
      {
        type: choice === undefined ? "button" : "static_select",
        action_id: action,
        block_id: encodeRef({ tenantId: tenant.id, incidentId }),
        ...(choice === undefined ? {} : { selected_option: { value: choice } }),
        action_ts: String(clicks),
      },
    ],
  };
}

/** Clicks, and waits for what comes of it. */
export function click(wanted: Click, signing?: Signing): Promise<Response> {
  return interact(clickPayload(wanted), signing);
}
