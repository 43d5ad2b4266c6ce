import * as z from "zod";
import { addChannel, hookUrl, received } from "./channels.ts";
import { accepted } from "./http.ts";
import { events } from "./logs.ts";
import { settle } from "./pipeline.ts";
import { queued, take } from "./queues.ts";
import type { Tenant } from "./tenant.ts";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** A webhook of a tenant. */
export async function hook(tenant: Tenant, name: string): Promise<{ id: string; key: string }> {
  const key = crypto.randomUUID();
  const { id } = await addChannel(tenant, { kind: "webhook", name, url: hookUrl(key) });
  return { id, key };
}

/** Opens incidents, one a service, and lets everything happen but summaries. */
export async function outage(
  tenant: Tenant,
  services: readonly string[],
  event: Record<string, unknown> = {},
): Promise<void> {
  for (const service of services) await accepted(tenant.key, events(12, { service, ...event }));
  await settleWithoutJobs(tenant);
}

export async function settleWithoutJobs(tenant: Tenant): Promise<void> {
  do {
    take("jobs", tenant.id);
    await settle(tenant);
  } while (queued("jobs", tenant.id).length > 0);
}

const Message = z.object({
  type: z.string(),
  data: z.object({
    incident: z.object({ service: z.string() }).optional(),
    incidents: z.array(z.object({ service: z.string(), status: z.string() })).optional(),
  }),
});

/** What a webhook was told: the type, and the services. */
export async function told(key: string): Promise<string[]> {
  return (await received(key)).map((call) => {
    const { type, data } = Message.parse(JSON.parse(call.body));
    const services =
      data.incident === undefined ? (data.incidents ?? []).map((one) => one.service) : [data.incident.service];
    return [type, ...services.toSorted()].join(" ");
  });
}

/** Incidents told, without their summaries. */
export async function opened(key: string): Promise<string[]> {
  return (await told(key)).filter((line) => !line.startsWith("incident.summarized"));
}
