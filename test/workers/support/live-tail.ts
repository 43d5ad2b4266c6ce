import "./bindings.ts";
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import * as z from "zod";
import { guarded } from "./faults.ts";
import { accepted, call } from "./http.ts";
import { step } from "./pipeline.ts";
import type { Tenant } from "./tenant.ts";

const tails = env.LIVE_TAIL;
type TailStub = ReturnType<typeof tails.getByName>;

/** How often a tenant's LiveTail object was fed, by tenant. */
const calls = new Map<string, number>();

export function feedsOf(tenant: Tenant): number {
  return calls.get(tenant.id) ?? 0;
}

/** What becomes of a call of `feed`, by tenant, where it is not to arrive. */
export const feedFaults = new Map<string, "throws" | "hangs">();

function getByName(name: string) {
  const stub = tails.getByName(name);
  return {
    fetch: (...args: Parameters<TailStub["fetch"]>) => stub.fetch(...args),
    wipe: () => guarded("live", name, () => stub.wipe()),
    held: () => guarded("live", name, () => stub.held()),
    async feed(...args: Parameters<TailStub["feed"]>): Promise<boolean> {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      const fault = feedFaults.get(name);
      if (fault === "throws") throw new Error("the live tail fails, as the test asks");
      if (fault === "hangs") return await new Promise<boolean>(() => undefined);
      return await stub.feed(...args);
    },
  };
}

// As in ./bindings.ts: what is replaced here is replaced for stores and routes, too.
const replaced = new Proxy(tails, {
  get(target, key) {
    if (key === "getByName") return getByName;
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === "function" && key !== "constructor" ? value.bind(target) : value;
  },
});
Object.assign(env, { LIVE_TAIL: replaced });

export function tailOf(tenant: Tenant): TailStub {
  return tails.getByName(tenant.id);
}

/** Runs the check of keys and leases, whenever it was due. */
export function tailAlarm(tenant: Tenant): Promise<boolean> {
  return runDurableObjectAlarm(tailOf(tenant));
}

const Log = z.looseObject({ eventId: z.string(), tenantId: z.string(), message: z.string() });
const ServerMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), complete: z.boolean(), filter: z.unknown() }),
  z.object({ type: z.literal("logs"), seq: z.number(), dropped: z.number(), logs: z.array(Log) }),
  z.object({ type: z.literal("sampled"), shown: z.number(), matched: z.number() }),
  z.object({ type: z.literal("filtered"), filter: z.unknown() }),
  z.object({ type: z.literal("error"), code: z.string(), message: z.string(), column: z.number().optional() }),
  z.object({ type: z.literal("pong") }),
]);
type ServerMessage = z.infer<typeof ServerMessage>;

export const soon = { timeout: 15_000, interval: 10 };

/** A WebSocket client that keeps what it is sent. It acknowledges every message, unless it is told to be slow. */
export class LiveClient {
  readonly messages: ServerMessage[] = [];
  closed: { code: number; reason: string } | undefined;
  private readonly socket: WebSocket;

  constructor(socket: WebSocket, slow: boolean) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = ServerMessage.parse(JSON.parse(String(data)));
      this.messages.push(message);
      if (message.type === "logs" && !slow) this.send({ type: "ack", seq: message.seq });
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
    socket.accept();
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" || message instanceof ArrayBuffer ? message : JSON.stringify(message));
  }

  close(): void {
    this.socket.close(1000, "done");
  }

  of<T extends ServerMessage["type"]>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.messages.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
  }

  get logs(): z.infer<typeof Log>[] {
    return this.of("logs").flatMap((message) => message.logs);
  }

  /** Messages of the logs, in the order of their arrival. */
  get lines(): string[] {
    return this.logs.map((log) => log.message);
  }

  /** Waits for a line. */
  async sees(line: string): Promise<void> {
    await expect.poll(() => this.lines, soon).toContain(line);
  }

  async isClosed(code: number, reason: RegExp): Promise<void> {
    await expect.poll(() => this.closed, soon).toEqual({ code, reason: expect.stringMatching(reason) });
  }
}

/** Asks for a WebSocket. */
export function upgrade(path: string, headers: Record<string, string>): Promise<Response> {
  return call(path, { headers: { upgrade: "websocket", ...headers } });
}

/** Opens a live tail. */
export async function connect(
  tenant: Pick<Tenant, "key">,
  { query = "", slow = false }: { query?: string; slow?: boolean } = {},
): Promise<LiveClient> {
  const response = await upgrade(`/live/logs?${query}`, { "x-api-key": tenant.key });
  if (response.webSocket === null) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  return new LiveClient(response.webSocket, slow);
}

/** Opens a live tail, and waits until the stores feed it. */
export async function watch(...args: Parameters<typeof connect>): Promise<LiveClient> {
  const client = await connect(...args);
  await expect.poll(() => client.of("ready"), soon).toHaveLength(1);
  return client;
}

/** Sends logs that LogStore has stored when this resolves. */
export async function store(tenant: Tenant, logs: readonly object[]): Promise<void> {
  await accepted(tenant.key, logs);
  for (const lane of ["raw-logs", "raw-logs-bulk"] as const) await step(lane, tenant);
  const { acked, retried } = await step("normalized-logs", tenant);
  if (retried.length > 0 || acked.length === 0) throw new Error("not stored");
}

export const line = (message: string, more: object = {}) => ({ message, level: "INFO", ...more });
