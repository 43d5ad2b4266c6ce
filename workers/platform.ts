import { drizzle } from "drizzle-orm/d1";
import { AccessTokens } from "../core/auth/access-token.ts";
import { SecretBox } from "../core/auth/seal.ts";
import type { Platform } from "../services/platform.ts";
import type { Env } from "./env.ts";

/** The bindings of an isolate stay the same from request to request: one platform serves them all. */
const platforms = new WeakMap<Env, Platform>();

export function platformOf(env: Env): Platform {
  const known = platforms.get(env);
  if (known !== undefined) return known;
  const platform = makePlatform(env);
  platforms.set(env, platform);
  return platform;
}

/** Unpacks the bindings into what services ask for. The clock and the source of randomness come in here, too. */
function makePlatform(env: Env): Platform {
  let secrets: SecretBox | undefined;
  let accessTokens: AccessTokens | undefined;
  const everyTenant = drizzle(env.DB);
  return {
    everyTenant,
    databaseOf: () => everyTenant,
    bucket: env.BUCKET,
    queues: {
      "raw-logs": env.RAW_LOGS,
      "raw-logs-bulk": env.RAW_LOGS_BULK,
      "normalized-logs": env.NORMALIZED_LOGS,
      "incident-events": env.INCIDENT_EVENTS,
      "notification-events": env.NOTIFICATION_EVENTS,
      jobs: env.JOBS,
    },
    metrics: env.METRICS,
    logStore: (tenantId, shard) => env.LOG_STORE.getByName(`${tenantId}:${shard}`),
    liveTail: (tenantId) => env.LIVE_TAIL.getByName(tenantId),
    clusterWindow: (tenantId, key) => env.CLUSTER_WINDOW.getByName(`${tenantId}:${key}`),
    limits: (name) => env.LIMITS.getByName(name),
    secrets: () => {
      secrets ??= new SecretBox(env.SECRET_KEYS ?? "");
      return secrets;
    },
    accessTokens: () => {
      accessTokens ??= new AccessTokens(env.SECRET_KEYS ?? "", env.PUBLIC_URL);
      return accessTokens;
    },
    now: () => Date.now(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  };
}
