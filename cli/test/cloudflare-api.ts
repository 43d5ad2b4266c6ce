import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";

/** A request that changed something. */
export interface ApiCall {
  method: string;
  path: string;
  body: string;
}

/**
 * As much of Cloudflare's API, over HTTP, as the real wrangler asks for in a deployment. It keeps one account, `acc`, in
 * memory, and takes the token `token` only.
 */
export class CloudflareApi {
  readonly changes: ApiCall[] = [];
  readonly databases: { uuid: string; name: string }[] = [];
  readonly buckets: string[] = [];
  readonly queues: string[] = [];
  /** By name; null while there is no Worker. */
  secrets: Map<string, string> | null = null;
  private migrated = false;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** @returns environment variables that make wrangler use it */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
      CLOUDFLARE_API_TOKEN: "token",
      CLOUDFLARE_ACCOUNT_ID: "acc",
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "", "http://localhost");
    const path = url.pathname.replace("/client/v4/accounts/acc/", "");
    const method = request.method ?? "";
    if (method !== "GET" && !path.endsWith("/query")) this.changes.push({ method, path, body });
    const known = request.headers.authorization === "Bearer token";
    const { status = 200, error, result } = known ? this.answer(method, path, url, body) : denied;
    response.writeHead(status, { "content-type": "application/json" });
    const errors = error === undefined ? [] : [error];
    const count = Array.isArray(result) ? result.length : 1;
    const result_info = { page: 1, per_page: 100, count, total_count: count, total_pages: 1 };
    response.end(JSON.stringify({ success: error === undefined, errors, messages: [], result, result_info }));
  }

  private answer(method: string, path: string, url: URL, body: string): Answer {
    const page = Number(url.searchParams.get("page") ?? 1);
    if (path === "d1/database") return this.database(method, page, body);
    if (path.endsWith("/query")) return this.query(path, body);
    if (path === "r2/buckets") return this.bucket(method, body);
    if (path.startsWith("r2/buckets/")) return { result: { name: path.slice("r2/buckets/".length) } };
    if (path === "queues") return this.queue(method, page, url.searchParams.getAll("name"), body);
    if (/^queues\/\w+\/consumers$/.test(path)) return { result: {} };
    if (path === "workers/subdomain") return { result: { subdomain: "sub" } };
    return this.worker(method, path, body);
  }

  private database(method: string, page: number, body: string): Answer {
    if (method === "GET") return { result: page === 1 ? this.databases : [] };
    const { name } = z.object({ name: z.string() }).parse(JSON.parse(body));
    if (this.databases.some((database) => database.name === name)) return failure(400, 7502, "already exists");
    const database = { uuid: "d1d1d1d1-0000-4000-8000-000000000001", name };
    this.databases.push(database);
    return { result: database };
  }

  private query(path: string, body: string): Answer {
    const id = path.split("/")[2];
    if (!this.databases.some(({ uuid }) => uuid === id)) return failure(404, 7404, "no such database");
    const isList = body.includes("SELECT *");
    const results = isList && this.migrated ? [{ id: 1, name: "0000_init.sql", applied_at: "2026-11-22" }] : [];
    if (body.includes("CREATE TABLE `tenants`")) this.migrated = true;
    return { result: [{ results, success: true, meta: { duration: 0 } }] };
  }

  private bucket(method: string, body: string): Answer {
    if (method === "GET") return { result: { buckets: this.buckets.map((name) => ({ name, creation_date: "2026" })) } };
    const { name } = z.object({ name: z.string() }).parse(JSON.parse(body));
    if (this.buckets.includes(name)) return failure(409, 10004, "already exists, and you own it.");
    this.buckets.push(name);
    return { result: { name } };
  }

  private queue(method: string, page: number, names: string[], body: string): Answer {
    if (method === "GET") {
      const found = page > 1 ? [] : this.queues.filter((name) => names.length === 0 || names.includes(name));
      const counts = { producers_total_count: 0, consumers_total_count: 0, producers: [], consumers: [] };
      return {
        result: found.map((name) => ({
          queue_id: name.replaceAll("-", "_"),
          queue_name: name,
          created_on: "2026",
          modified_on: "2026",
          ...counts,
        })),
      };
    }
    const { queue_name } = z.object({ queue_name: z.string() }).parse(JSON.parse(body));
    if (this.queues.includes(queue_name)) return failure(400, 11009, "is already taken");
    this.queues.push(queue_name);
    return { result: { queue_id: queue_name, queue_name } };
  }

  private worker(method: string, path: string, body: string): Answer {
    if (path === "workers/scripts/log0" && method === "PUT") {
      this.secrets ??= new Map();
      return { result: { id: "log0", startup_time_ms: 5, deployment_id: "0".repeat(32) } };
    }
    if (path === "workers/scripts") return { result: this.secrets === null ? [] : [{ id: "log0" }] };
    if (!/^workers\/(scripts|services|workers)\/log0(\/|$)/.test(path)) return denied;
    const { secrets } = this;
    if (secrets === null) return failure(404, 10007, "This Worker does not exist on your account.");
    switch (path.split("/").at(-1)) {
      case "secrets":
        return { result: [...secrets.keys()].map((name) => ({ name, type: "secret_text" })) };
      case "secrets-bulk":
        for (const secret of Object.values(Bulk.parse(JSON.parse(body)).secrets)) secrets.set(secret.name, secret.text);
        return { result: {} };
      case "log0":
        return {
          result: {
            name: "log0",
            default_environment: {
              environment: "production",
              script: { tag: "t", tags: [], last_deployed_from: "wrangler" },
            },
            subdomain: { enabled: false, previews_enabled: false },
          },
        };
      case "deployments":
        return { result: { deployments: [] } };
      case "settings":
      case "script-settings":
        return { result: { bindings: [], logpush: false } };
      case "schedules":
        return { result: { schedules: [] } };
      case "subdomain":
        return { result: { enabled: true, previews_enabled: true } };
      default:
        return denied;
    }
  }
}

const Bulk = z.object({ secrets: z.record(z.string(), z.object({ name: z.string(), text: z.string() })) });

interface Answer {
  status?: number;
  error?: { code: number; message: string };
  result?: unknown;
}

function failure(status: number, code: number, message: string): Answer {
  return { status, error: { code, message } };
}

const denied = failure(403, 10000, "Authentication error");
