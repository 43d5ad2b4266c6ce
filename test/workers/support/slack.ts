import { inject } from "vitest";
import * as z from "zod";
import type { Tenant } from "./tenant.ts";

const Calls = z.array(
  z.object({
    method: z.string(),
    authorization: z.string(),
    body: z.object({
      channel: z.string(),
      text: z.string(),
      blocks: z.array(z.record(z.string(), z.unknown())),
      ts: z.string().optional(),
    }),
  }),
);

function url(path: string, tenant: Tenant): string {
  return `${inject("slackUrl")}${path}?channel=${encodeURIComponent(tenant.channel)}`;
}

/** The calls that the fake Slack got for a tenant's channel, in order. */
export async function slackCalls(tenant: Tenant) {
  return Calls.parse(await (await fetch(url("/calls", tenant))).json());
}

/** Makes the fake Slack answer the next calls for a tenant's channel like this. */
export async function script(
  tenant: Tenant,
  answers: { status: number; headers?: Record<string, string>; body: unknown }[],
): Promise<void> {
  await (await fetch(url("/script", tenant), { method: "POST", body: JSON.stringify(answers) })).text();
}
