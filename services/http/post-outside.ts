import { Log0Error } from "../../core/errors.ts";

/** A receiver that takes longer has an unknown outcome. */
const TIMEOUT_MS = 10_000;

/** What is read of an answer; the rest stays where it is. */
const MAX_ANSWER_BYTES = 64 * 1024;

const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Answers besides 5xx that the same request may get over: a timeout of the receiver, too early, too many. */
const PASSING = new Set([408, 425, 429]);

export interface OutsideRequest {
  /** As core/net/public-url.ts lets it pass. */
  url: URL;
  method: "POST" | "PATCH";
  /** What the receiver shall have. No key of the platform. */
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs?: number;
}

export interface OutsideAnswer {
  status: number;
  /** The first 64 KB, as far as they came in time. */
  text: string;
  /** Seconds, at most an hour; where the receiver named them. */
  retryAfter: number | undefined;
}

/** @param value a number of seconds, or a date */
function secondsOf(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds))) : undefined;
}

/** The beginning of a body. What breaks off, or does not end in time, is what came until then. */
export async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_ANSWER_BYTES;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
    }
  } catch {
    // The status has come: a body that fails says no more, but takes nothing back.
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return text;
}

/**
 * Sends a request to an address that a tenant has set: no redirect is followed, the answer is read to at most 64 KB, all
 * within ten seconds.
 * @param now Unix ms, for a `Retry-After` that is a date
 * @throws Log0Error delivery_failed, not permanent, when no answer came: whether the request did is unknown then
 */
export async function postOutside(request: OutsideRequest, now: number): Promise<OutsideAnswer> {
  const { url, method, headers, body, timeoutMs = TIMEOUT_MS } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { "user-agent": "log0", ...headers },
      body,
      redirect: "manual",
      signal,
    });
  } catch (error) {
    const reason = signal.aborted ? `does not answer within ${timeoutMs / 1000} s` : "cannot be reached";
    throw new Log0Error("delivery_failed", `the receiver ${reason}`, { permanent: false, cause: error });
  }
  const text = await readStart(response);
  return { status: response.status, text, retryAfter: secondsOf(response.headers.get("retry-after"), now) };
}

/**
 * Passes an answer that says that the message was taken. The answer's text is shown to nobody: what a URL answers is
 * none of the business of the one who set it.
 * @throws Log0Error delivery_failed; permanent where another try cannot help, redirects among them
 */
export function checkTaken({ status, retryAfter }: OutsideAnswer): void {
  if (status >= 200 && status < 300) return;
  const permanent = status < 500 && !PASSING.has(status);
  const redirect = status >= 300 && status < 400 ? ", and redirects are not followed" : "";
  throw new Log0Error("delivery_failed", `the receiver answers ${status}${redirect}`, {
    permanent,
    ...(permanent || retryAfter === undefined ? {} : { retryAfter }),
  });
}
