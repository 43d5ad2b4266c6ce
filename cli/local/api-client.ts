import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { INCIDENT_STATUSES, Severity } from "../../schema/contracts/levels.ts";
import { Summary } from "../../schema/contracts/summary.ts";
import { InboxMessage } from "./slack-inbox.ts";

/** Tries of a request that is refused for now (429, 503) or finds no connection. */
const ATTEMPTS = 5;

const TIMEOUT_MS = 30_000;

const Accepted = z.object({ received: z.number(), rejectedCount: z.number() });
const Problem = z.object({ code: z.string(), detail: z.string() });

const Incident = z.object({
  id: z.string(),
  environment: z.string(),
  serviceName: z.string(),
  title: z.string(),
  exceptionType: z.string().nullable(),
  severity: Severity,
  status: z.enum(INCIDENT_STATUSES),
  occurrenceCount: z.number(),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  summary: Summary.nullable(),
  regressionOf: z.string().nullable(),
  resolvedAt: z.number().nullable(),
});
export type Incident = z.infer<typeof Incident>;

const IncidentPage = z.object({ incidents: z.array(Incident), nextCursor: z.string().nullable() });

const Log = z.object({
  eventId: z.string(),
  serviceName: z.string(),
  timestamp: z.string(),
  attributes: z.record(z.string(), z.json()).optional(),
});
export type Log = z.infer<typeof Log>;

const LogPage = z.object({ logs: z.array(Log), nextCursor: z.string().nullable() });

/** log0, or the inbox, refused a request, or did not answer. The message is one line. */
export class RequestError extends Error {
  override name = "RequestError";
}

/** log0's public API, as any client sees it. */
export class ApiClient {
  readonly url: string;
  private readonly key: string;

  /** @param url without a path */
  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  /**
   * `POST /api/v1/logs`. A repeat with the same idempotency key stores nothing twice.
   *
   * @throws RequestError when not all events are accepted
   */
  async send(events: readonly object[], headers: Record<string, string>): Promise<void> {
    const answer = await this.request("/api/v1/logs", Accepted, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ logs: events }),
    });
    if (answer.received !== events.length) {
      throw new RequestError(`log0 accepted ${answer.received} of ${events.length} lines`);
    }
  }

  /** All incidents of the environment, newest first. @throws RequestError */
  async incidents(environment: string): Promise<Incident[]> {
    const found: Incident[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: z.infer<typeof IncidentPage> = await this.request(
        `/api/v1/incidents?limit=1000&environment=${encodeURIComponent(environment)}${nextPage(cursor)}`,
        IncidentPage,
      );
      found.push(...page.incidents);
      cursor = page.nextCursor;
    }
    return found;
  }

  /** All logs from (inclusive) to (exclusive), Unix ms, newest first, page by page. @throws RequestError */
  async *logs(from: number, to: number): AsyncGenerator<Log> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: z.infer<typeof LogPage> = await this.request(
        `/api/v1/logs?limit=1000&from=${from}&to=${to}${nextPage(cursor)}`,
        LogPage,
      );
      yield* page.logs;
      cursor = page.nextCursor;
    }
  }

  private request<Body>(path: string, schema: z.ZodType<Body>, init: RequestInit = {}): Promise<Body> {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), "x-api-key": this.key };
    return requestJson(`${this.url}${path}`, schema, { ...init, headers });
  }
}

const InboxPage = z.object({ messages: z.array(InboxMessage) });

/** The messages in the inbox, newest first. @throws RequestError */
export async function readInbox(inboxUrl: string): Promise<InboxMessage[]> {
  return (await requestJson(new URL("messages", inboxUrl).href, InboxPage)).messages;
}

const nextPage = (cursor: string) => (cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`);

async function requestJson<Body>(url: string, schema: z.ZodType<Body>, init: RequestInit = {}): Promise<Body> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
      if (attempt === ATTEMPTS) throw new RequestError(`${url} does not answer: ${describe(error)}`);
      return undefined;
    });
    if (response?.ok === true) {
      const body = schema.safeParse(await response.json());
      if (body.success) return body.data;
      throw new RequestError(`${url} answers what is not understood: ${body.error.issues[0]?.message}`);
    }
    const refusedForNow = response === undefined || response.status === 429 || response.status === 503;
    if (!refusedForNow || attempt === ATTEMPTS) throw await refusal(url, response);
    await response?.body?.cancel();
    await sleep(Number(response?.headers.get("retry-after") ?? "1") * 1_000);
  }
}

async function refusal(url: string, response: Response | undefined): Promise<RequestError> {
  const problem = Problem.safeParse(await response?.json().catch(() => undefined));
  const reason = problem.success ? `${problem.data.code}: ${problem.data.detail}` : "no reason given";
  return new RequestError(`${new URL(url).pathname} answers ${response?.status}, ${reason}`);
}

/** `fetch` says "fetch failed" and keeps the reason in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
