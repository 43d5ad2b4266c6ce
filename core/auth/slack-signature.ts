import { createHmac, timingSafeEqual } from "node:crypto";

/** Slack's own advice: what is older is taken for a replay. The same leeway for a clock that is ahead. */
export const SLACK_WINDOW_MS = 5 * 60 * 1000;

const FORM = /^v0=[0-9a-f]{64}$/;

/** What Slack sends beside a body. */
export interface SlackHeaders {
  /** `X-Slack-Request-Timestamp`: Unix seconds. */
  timestamp: string;
  /** `X-Slack-Signature`: `v0=` and 64 hex digits. */
  signature: string;
}

/** Slack's signature (v0) of a request. @param body raw, as it came: parsing and writing it again changes it */
export function signSlackRequest(secret: string, timestamp: string, body: string | Uint8Array): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

/** Whether a request's timestamp lies within five minutes of now. @param now Unix ms */
export function isFreshSlackRequest(timestamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1000) <= SLACK_WINDOW_MS;
}

/** Whether the holder of the secret signed this body, compared in constant time. It does not look at the age. */
export function isSignedBySlack(secret: string, { timestamp, signature }: SlackHeaders, body: Uint8Array): boolean {
  // An empty secret would let everybody sign.
  if (secret === "" || !FORM.test(signature)) return false;
  return timingSafeEqual(Buffer.from(signSlackRequest(secret, timestamp, body)), Buffer.from(signature));
}
