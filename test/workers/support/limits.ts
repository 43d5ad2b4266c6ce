import { runInDurableObject } from "cloudflare:test";
import { objects } from "./bindings.ts";
import type { Tenant } from "./tenant.ts";

export function limitsOf(tenant: Tenant) {
  return objects.limits.getByName(tenant.id);
}

/** What the tenant's object has stored. */
export function storedLimits(tenant: Tenant): Promise<Map<string, unknown>> {
  return runInDurableObject(limitsOf(tenant), (_, { storage }) => new Map(storage.kv.list()));
}

/** Has the ledger compared with what was stored, as it is before a refusal. */
export async function settleLedger(tenant: Tenant): Promise<void> {
  const never = Number.MAX_SAFE_INTEGER;
  await limitsOf(tenant).leaseBytes(tenant.id, { limit: 1, want: 1, atLeast: never });
}

/** Values of a structured field of ours, by policy: `"a";r=1;t=2` → { a: { r: 1, t: 2 } }. */
export function fieldOf(response: Response, name: "RateLimit" | "RateLimit-Policy") {
  const policies: Record<string, Record<string, number | string>> = {};
  for (const item of (response.headers.get(name) ?? "").split(", ").filter((text) => text !== "")) {
    const [policy = "", ...parameters] = item.split(";");
    policies[JSON.parse(policy)] = Object.fromEntries(
      parameters.map((parameter) => [parameter.split("=")[0], JSON.parse(parameter.split("=")[1] ?? "null")]),
    );
  }
  return policies;
}
