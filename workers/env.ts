import type { ClusterWindow } from "../durable-objects/cluster-window.ts";
import type { Limits } from "../durable-objects/limits.ts";
import type { LiveTail } from "../durable-objects/live-tail.ts";
import type { LogStore } from "../durable-objects/log-store.ts";

/** The bindings of wrangler.toml, and the secrets of `.dev.vars.example`. */
export interface Env {
  DB: D1Database;
  BUCKET: R2Bucket;
  LOG_STORE: DurableObjectNamespace<LogStore>;
  CLUSTER_WINDOW: DurableObjectNamespace<ClusterWindow>;
  LIVE_TAIL: DurableObjectNamespace<LiveTail>;
  LIMITS: DurableObjectNamespace<Limits>;
  INGEST_RATE: RateLimit;
  RAW_LOGS: Queue;
  RAW_LOGS_BULK: Queue;
  NORMALIZED_LOGS: Queue;
  INCIDENT_EVENTS: Queue;
  NOTIFICATION_EVENTS: Queue;
  JOBS: Queue;
  METRICS?: AnalyticsEngineDataset;
  /** Absent locally: `wrangler dev` would ask for a login. */
  AI?: Ai;
  SUMMARIZER: string;
  AI_MODEL?: string;
  /** An OpenAI-compatible endpoint (`https://…/v1`), for SUMMARIZER = "openai"; its model is AI_MODEL. */
  AI_BASE_URL?: string;
  /** A secret. */
  AI_API_KEY?: string;
  /** Milliseconds that a model has for an answer; a local one on a CPU needs minutes. */
  AI_TIMEOUT_MS?: string;
  PUBLIC_URL: string;
  SLACK_API_URL: string;
  SLACK_CHANNEL: string;
  SLACK_BOT_TOKEN?: string;
  /** Proves that a click comes from the platform's Slack app; without it messages have no buttons. A secret. */
  SLACK_SIGNING_SECRET?: string;
  /** Of the platform's Slack app, for tenants who install it in workspaces of their own. The second is a secret. */
  SLACK_CLIENT_ID?: string;
  SLACK_CLIENT_SECRET?: string;
  /** Sends e-mail; absent locally, where the inbox takes it. */
  EMAIL?: SendEmail;
  /** Where the local inbox takes e-mail. */
  EMAIL_API_URL?: string;
  /** Sender of e-mail: an address of a domain that Cloudflare may send for. Without it there is no e-mail. */
  EMAIL_FROM?: string;
  /** "true" where all tenants are the operator's own teams (docs/accounts.md). Otherwise each brings its own Slack. */
  TENANTS_TRUSTED?: string;
  /** "true" lets tenants set loopback URLs: on a developer's machine only. */
  ALLOW_LOCAL_URLS?: string;
  /** `id:base64` of 32 bytes, separated by commas, the current one first (core/auth/seal.ts). A secret. */
  SECRET_KEYS?: string;
  /** Cloudflare Access in front of log0: `https://<team>.cloudflareaccess.com`, and the application's audience tag. */
  ACCESS_TEAM_DOMAIN?: string;
  ACCESS_AUD?: string;
  /** An issuer (OpenID Connect, by discovery) that is trusted for every account: docs/adr/0012-oidc.md. */
  OIDC_ISSUER?: string;
  OIDC_CLIENT_ID?: string;
  /** A secret. */
  OIDC_CLIENT_SECRET?: string;
  /** What the button says; the issuer's host name without it. */
  OIDC_NAME?: string;
}
