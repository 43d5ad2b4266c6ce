import type { Context } from "hono";
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "./context.ts";

/** Two years, as the preload list asks for. Browsers heed it over HTTPS only, so it does no harm on a developer's machine. */
const HSTS = "max-age=63072000; includeSubDomains";

/** Answers of the API are data: nothing in them is ever run, framed, or read as another type. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  strictTransportSecurity: HSTS,
  xFrameOptions: "DENY",
  referrerPolicy: "no-referrer",
  // They say nothing to a browser of today, or nothing about data, and each costs time on every line that comes in.
  xXssProtection: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
});

/** Security headers and the request's id, on whatever is answered but a socket, whose answer cannot be changed. */
export const secured = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  await headers(c, () => Promise.resolve());
  c.res.headers.set("x-request-id", c.var.requestId);
});

const INGEST = /^(\/api)?\/v1\/(logs|ingest|logs\/stream)$/;

/** Whether a browser's page of another origin may ask: it may send logs, with a key that can do nothing else. */
function mayCross(c: Context): boolean {
  const method = c.req.header("access-control-request-method") ?? c.req.method;
  return method === "POST" && INGEST.test(c.req.path);
}

const answerOthers = cors({
  origin: (_origin, c) => (mayCross(c) ? "*" : null),
  allowMethods: ["POST"],
  allowHeaders: [
    "authorization",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "x-api-key",
    "x-environment",
    "x-service-name",
  ],
  exposeHeaders: ["RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
  maxAge: 24 * 60 * 60,
});

/**
 * CORS for sending logs, with no credentials of the browser; every other route answers its own origin alone. What is no
 * browser sends no `Origin`, and is not kept waiting.
 */
export const crossOrigin = createMiddleware<AppEnv>(async (c, next) =>
  c.req.header("origin") === undefined ? await next() : await answerOthers(c, next),
);
