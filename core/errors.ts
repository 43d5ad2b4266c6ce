/** Stable codes of everything that log0 refuses. Transports map them once (workers/problem.ts). */
export const ERROR_CODES = [
  "invalid_json",
  "invalid_utf8",
  "invalid_encoding",
  "invalid_type",
  "missing_message",
  "message_too_long",
  "trace_too_long",
  "level_too_long",
  "name_too_long",
  "missing_service",
  "attributes_too_large",
  "attributes_too_deep",
  "body_too_large",
  "too_many_events",
  "empty_body",
  "invalid_query",
  "invalid_cursor",
  "invalid_rule",
  "invalid_url",
  "invalid_idempotency_key",
  "unauthorized",
  "invalid_credentials",
  "too_many_attempts",
  "invalid_token",
  "weak_password",
  "forbidden",
  "tenant_suspended",
  "rate_limited",
  "quota_exceeded",
  "plan_limit",
  "not_found",
  "conflict",
  "unavailable",
  "invalid_envelope",
  "invalid_message",
  "delivery_failed",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a stable code. `permanent` says that trying again cannot help. */
export class Log0Error extends Error {
  readonly code: ErrorCode;
  readonly permanent: boolean;
  /** Seconds after which a caller may try again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { permanent?: boolean; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "Log0Error";
    this.code = code;
    this.permanent = options.permanent ?? true;
    this.retryAfter = options.retryAfter;
  }
}

/** The message of anything that was thrown, bounded to 500 characters so that it can be stored and shown. */
export function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (FAILED_QUERY.test(message) ? reasonOf(error, message) : message).slice(0, 500);
}

/** What Drizzle says of a query that failed: its text, and then what was bound, among it hashes, addresses, sealed keys. */
const FAILED_QUERY = /^Failed query: /;

/** The reason, which Drizzle leaves to the cause, and the query without what was bound. */
function reasonOf(error: unknown, message: string): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `${error.cause.message}: ` : "";
  const [query = ""] = message.split("\nparams: ", 1);
  return cause + query;
}

export function errorCode(error: unknown): ErrorCode {
  return error instanceof Log0Error ? error.code : "internal";
}
