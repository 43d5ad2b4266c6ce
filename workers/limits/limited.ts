import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { addressKey } from "../../core/auth/attempts.ts";
import { uuidOfText } from "../../core/ids.ts";
import { limitField, policyField, type Quota } from "../../core/limits/fields.ts";
import { largestLease, type Policy, policyOf } from "../../core/limits/policies.ts";
import { tooManyRequests } from "../../core/limits/refusals.ts";
import { windowEnd } from "../../core/limits/windows.ts";
import type { Platform } from "../../services/platform.ts";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { routeOf } from "../routes/access.ts";
import { limitClassOf } from "../routes/limits.ts";
import { type Held, Leases } from "./leases.ts";

const callers = new Leases();
/** Apart, so that someone with very many addresses cannot push out what callers hold. */
const addresses = new Leases();

/** Twice what the window has needed so far, up to a hundredth of the limit. */
function wanted(held: Held): number {
  return Math.min(largestLease(held.limit), Math.max(1, 2 * held.asked));
}

/** Takes one request of a policy, from the counter `counter` of the object `object`. */
async function takeOne(
  platform: Platform,
  leases: Leases,
  { object, counter, policy }: { object: string; counter: string; policy: Policy },
): Promise<{ ok: boolean; quota: Quota }> {
  const { name, limit, windowMs } = policy;
  const endOf = (now: number) => windowEnd(now, windowMs);
  const taken = await leases.take(
    {
      key: `${object}:${counter}`,
      limit,
      endOf,
      free: 0,
      want: wanted,
      ask: (request) => platform.limits(object).lease({ ...request, counter, windowMs, lasting: true }),
      lifeMs: windowMs,
      // Alone, this isolate would admit as many: nobody is refused for what cannot be asked.
      standIn: (held, now) => ({ left: Math.max(0, limit - held.used), until: endOf(now) }),
    },
    1,
    platform.now,
  );
  const unit = "requests";
  const { remaining, resetAt } = taken;
  return {
    ok: taken.ok,
    quota: { policy: name, limit, windowSeconds: windowMs / 1000, unit, remaining, resetAt },
  };
}

/** Takes the request from its caller's limit, or its address's; undefined for one that has none. */
async function take(c: Context<AppEnv>): Promise<{ ok: boolean; quota: Quota } | undefined> {
  const route = routeOf(c);
  const limitClass = route === undefined ? "unlimited" : limitClassOf(route);
  if (limitClass === "unlimited") return undefined;
  if (limitClass !== "open") {
    const { tenantId, actor, plan } = c.var.principal;
    const policy = policyOf(limitClass, plan);
    return await takeOne(c.var.platform, callers, {
      ...{ object: tenantId, counter: `${limitClass}:${actor}`, policy },
    });
  }
  // Cloudflare sets it, over whatever a client sends. Without it there is no edge in front: a developer's machine.
  const address = c.req.header("cf-connecting-ip");
  if (address === undefined) return undefined;
  const policy = policyOf("open", "free");
  const object = `address:${uuidOfText(addressKey(address))}`;
  return await takeOne(c.var.platform, addresses, { object, counter: "open", policy });
}

/**
 * Limits requests by the class of their route, exactly, and tells every answer's reader what is left
 * (docs/adr/0013-limits-and-lanes.md). After `guard`.
 */
export const limited = createMiddleware<AppEnv>(async (c, next) => {
  const taken = await take(c);
  if (taken === undefined) return await next();
  const quotas = [taken.quota];
  c.set("quotas", quotas);
  if (taken.ok) await next();
  else c.res = problem(c, tooManyRequests(taken.quota, c.var.platform.now()));
  // The answer that opens a socket cannot be changed.
  if (c.res.status === 101) return;
  // Not by `c.header`, which copies an answer that is there already.
  c.res.headers.set("RateLimit-Policy", policyField(quotas));
  c.res.headers.set("RateLimit", limitField(quotas, c.var.platform.now()));
});
