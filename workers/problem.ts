import type { Context } from "hono";
import { type ErrorCode, errorMessage, Log0Error } from "../core/errors.ts";
import { LimitError } from "../core/limits/refusals.ts";
import { QueryError } from "../core/logs/query/index.ts";

/** The one place where an error code becomes an HTTP status. Codes that are not here are the client's mistake: 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthorized: 401,
  invalid_credentials: 401,
  forbidden: 403,
  tenant_suspended: 403,
  plan_limit: 403,
  not_found: 404,
  conflict: 409,
  body_too_large: 413,
  too_many_events: 413,
  rate_limited: 429,
  quota_exceeded: 429,
  too_many_attempts: 429,
  internal: 500,
  unavailable: 503,
  delivery_failed: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  413: "Content too large",
  429: "Too many requests",
  500: "Internal error",
  503: "Service unavailable",
};

/** Seconds after which a client tries again when the error does not say. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 10, 503: 2 };

/** An error as `application/problem+json` (RFC 9457) with a stable code. What log0 did not throw itself stays vague. */
export function problem(c: Context, error: unknown): Response {
  const known = error instanceof Log0Error ? error : undefined;
  if (known === undefined) {
    console.error({
      message: "request failed",
      requestId: c.get("requestId"),
      path: c.req.path,
      error: errorMessage(error),
    });
  }
  const code = known?.code ?? "unavailable";
  const status = STATUS[code] ?? 400;
  const retryAfter = known?.retryAfter ?? RETRY_AFTER[status];
  return new Response(
    JSON.stringify({
      type: `https://log0.dev/problems/${code}`,
      title: TITLES[status] ?? "Error",
      status,
      code,
      detail: known?.message ?? "a part of the service did not answer; try again",
      ...(known instanceof QueryError ? { column: known.column } : {}),
      ...(known instanceof LimitError ? known.details : {}),
      instance: c.req.path,
      requestId: c.get("requestId"),
    }),
    {
      status,
      headers: {
        "content-type": "application/problem+json",
        ...(retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter)) }),
      },
    },
  );
}
