import { Log0Error } from "../../../core/errors.ts";
import { TtlCache } from "../../../core/ttl-cache.ts";
import { readStart } from "../../http/post-outside.ts";

const TIMEOUT_MS = 10_000;

/**
 * Requests to one address in so many ms, in one isolate. Documents and keys are remembered, so that no more are needed; but
 * while none could be had, everybody who knocks would cause one.
 */
const MAX_REQUESTS = 10;
const PERIOD_MS = 10_000;
const counts = new TtlCache<{ requests: number }>(PERIOD_MS, 100);

/** What is taken over from an answer; all else (cookies, lengths, encodings) is not for us. */
const HEADERS = ["content-type", "www-authenticate"];

export function issuerUnavailable(cause?: unknown): Log0Error {
  const message = "the service that signs people in does not answer as it should; try again";
  return new Log0Error("unavailable", message, { permanent: false, cause });
}

/** @throws Log0Error unavailable */
function countRequest(url: string): void {
  const now = Date.now();
  const count = counts.get(url, now) ?? { requests: 0 };
  if (count.requests === 0) counts.set(url, count, now);
  if (count.requests >= MAX_REQUESTS) throw issuerUnavailable();
  count.requests++;
}

/** What libraries give to a `fetch`. */
export interface Asked {
  method: string;
  headers: HeadersInit;
  body?: BodyInit | null | undefined;
}

/**
 * A `fetch` for libraries that ask an issuer: no redirect is followed, the answer is read to its end before it is handed on
 * and cut off after 64 KB (which no JSON survives), all within ten seconds.
 */
export function issuerFetch(timeoutMs: number = TIMEOUT_MS) {
  return async (url: string, { method, headers, body }: Asked): Promise<Response> => {
    // A code is exchanged once for each person who comes back; it needs no limit that one could use up for others.
    if (method === "GET") countRequest(url);
    const signal = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal });
    } catch (cause) {
      throw issuerUnavailable(cause);
    }
    const text = await readStart(response);
    if (response.status >= 300 && (response.status < 400 || response.status >= 500)) throw issuerUnavailable();
    const kept = HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] satisfies [string, string]];
    });
    return new Response(text === "" ? null : text, { status: response.status, headers: kept });
  };
}
