import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import * as z from "zod";
import { serveOnLoopback } from "./loopback.ts";

/** A request that a receiver took, as it came. */
interface Call {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

const Answer = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
  /** Says nothing at all, or until it is let go; or nothing after the head; or goes on for ever. */
  manner: z.enum(["ends", "silent", "waits", "silent-body", "endless"]).default("ends"),
});
type Answer = z.infer<typeof Answer>;

const text = (most: number) => z.string().min(1).max(most);
const Field = z.strictObject({ name: text(256), value: text(1_024), inline: z.boolean().optional() });
const Embed = z.strictObject({
  title: text(256).optional(),
  description: text(4_096).optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  color: z.int().min(0).max(0xffffff).optional(),
  timestamp: z.iso.datetime().optional(),
  fields: z.array(Field).max(25).optional(),
});

/** What Discord takes at a webhook, with its published limits. */
const DiscordMessage = z.object({
  content: z.string().max(2_000).optional(),
  username: text(80)
    .refine((name) => !/discord|clyde/i.test(name))
    .optional(),
  embeds: z
    .array(Embed)
    .min(1)
    .max(10)
    .refine((embeds) => embeds.map(charactersOf).reduce((a, b) => a + b, 0) <= 6_000, "6,000 characters"),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(["roles", "users", "everyone"])) }),
});

function charactersOf({ title = "", description = "", fields = [] }: z.infer<typeof Embed>): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length, title.length + description.length);
}

const calls = new Map<string, Call[]>();
const scripts = new Map<string, Answer[]>();
const closed = new Map<string, Promise<number>>();
const held = new Map<string, () => void>();
const awaited = new Map<string, () => void>();
const messages = new Set<string>();
let posted = 0;

const plain = (status: number, body: unknown = ""): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
  manner: "ends",
});

function discord(path: URL, method: string, body: string): Answer {
  const message = DiscordMessage.safeParse(JSON.parse(body));
  if (!message.success) return plain(400, { code: 50_035, message: z.prettifyError(message.error) });
  const id = /\/messages\/(\d+)$/.exec(path.pathname)?.[1];
  if (method === "PATCH") {
    return id !== undefined && messages.has(id)
      ? plain(200, { id })
      : plain(404, { code: 10_008, message: "Unknown Message" });
  }
  const fresh = String(1_100_000_000_000_000_000n + BigInt(++posted));
  messages.add(fresh);
  return path.searchParams.get("wait") === "true" ? plain(200, { id: fresh }) : plain(204);
}

/** What the receiver would say of its own accord. */
function judge(url: URL, { method, headers, body }: Call): Answer {
  if (url.pathname.startsWith("/api/webhooks/")) return discord(url, method, body);
  if (url.pathname === "/email") {
    const ok = headers["content-type"] === "message/rfc822" && body.includes("\r\nMIME-Version: 1.0\r\n");
    return plain(ok ? 202 : 400);
  }
  const signed = ["webhook-id", "webhook-timestamp", "webhook-signature"].every((name) => headers[name] !== undefined);
  return plain(signed && headers["content-type"] === "application/json" ? 200 : 400);
}

/** Whom a request is for: an e-mail's recipient, or the token in the path. */
function keyOf(url: URL, headers: IncomingMessage["headers"]): string {
  if (url.pathname === "/email") return String(headers["x-envelope-to"]);
  return (
    url.pathname
      .replace(/\/messages\/\d+$/, "")
      .split("/")
      .at(-1) ?? ""
  );
}

const CHUNK = "x".repeat(16_384);

/** Writes until the other side has had enough. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(CHUNK)) {
    // The socket takes more.
  }
  if (!response.destroyed) response.once("drain", () => pour(response));
}

function answer(key: string, response: ServerResponse, { status, headers, body, manner }: Answer): void {
  response.once("close", () => held.delete(key));
  const { socket } = response;
  const before = socket?.bytesWritten ?? 0;
  closed.set(
    key,
    new Promise((resolve) => response.once("close", () => resolve((socket?.bytesWritten ?? 0) - before))),
  );
  if (manner === "silent") return;
  if (manner === "waits") {
    held.set(key, () => response.writeHead(status, headers).end(body));
    return;
  }
  response.writeHead(status, headers);
  if (manner === "endless") pour(response);
  else if (manner === "silent-body") response.write(body === "" ? "x" : body);
  else response.end(body);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake-receivers");
  let body = "";
  request.setEncoding("utf8");
  for await (const part of request) body += String(part);
  const json = (value: unknown) => response.end(JSON.stringify(value));
  const asked = url.searchParams.get("key") ?? "";
  if (url.pathname === "/calls") return void json(calls.get(asked) ?? []);
  if (url.pathname === "/closed") return void json(await closed.get(asked));
  if (url.pathname === "/arrived") {
    if (!calls.has(asked)) await new Promise<void>((resolve) => awaited.set(asked, resolve));
    return void json({});
  }
  if (url.pathname === "/release") {
    const waiting = held.has(asked);
    held.get(asked)?.();
    held.delete(asked);
    return void json(waiting);
  }
  if (url.pathname === "/script") {
    scripts.set(asked, z.array(Answer).parse(JSON.parse(body)));
    return void json({});
  }
  const key = keyOf(url, request.headers);
  const call: Call = {
    method: request.method ?? "",
    path: `${url.pathname}${url.search}`,
    headers: request.headers,
    body,
  };
  const taken = calls.get(key) ?? [];
  calls.set(key, taken);
  taken.push(call);
  awaited.get(key)?.();
  answer(key, response, scripts.get(key)?.shift() ?? judge(url, call));
}

/** Discord, a mail server and any webhook, which check what they get, keep it, and answer as a test has scripted. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serveOnLoopback(handle);
  project.provide("receiversUrl", server.url);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    receiversUrl: string;
  }
}
