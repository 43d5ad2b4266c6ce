import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";

/** A call that the fake Slack took, as it came. */
interface Call {
  method: string;
  authorization: string;
  body: { channel?: unknown; text?: unknown; blocks?: unknown; ts?: unknown };
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

const calls = new Map<string, Call[]>();
const scripts = new Map<string, Answer[]>();
let posted = 0;

function channelId(name: string): string {
  return `C-${name}`;
}

/** What Slack would refuse in a call; undefined when it would take it. */
function refusal({ method, authorization, body }: Call): string | undefined {
  if (!/^Bearer xoxb-\S+$/.test(authorization)) return "not_authed";
  if (method !== "chat.postMessage" && method !== "chat.update") return "unknown_method";
  if (typeof body.channel !== "string" || body.channel === "") return "channel_not_found";
  if (typeof body.text !== "string" || body.text === "") return "no_text";
  if (!Array.isArray(body.blocks) || body.blocks.length === 0 || body.blocks.length > 50) return "invalid_blocks";
  if (method === "chat.update" && !body.channel.startsWith("C-")) return "channel_not_found";
  return method === "chat.update" && typeof body.ts !== "string" ? "message_not_found" : undefined;
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}

function answerTo(call: Call): Answer {
  const name = String(call.body.channel ?? "").replace(/^C-/, "");
  const taken = calls.get(name) ?? [];
  calls.set(name, taken);
  taken.push(call);
  const scripted = scripts.get(name)?.shift();
  if (scripted !== undefined) return scripted;
  const error = refusal(call);
  if (error !== undefined) return { status: 200, body: { ok: false, error } };
  const ts = call.method === "chat.update" ? String(call.body.ts) : `1700000000.${String(++posted).padStart(6, "0")}`;
  return { status: 200, body: { ok: true, channel: channelId(name), ts } };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake-slack");
  const text = await read(request);
  let answer: Answer = { status: 404, body: {} };
  const channel = url.searchParams.get("channel") ?? "";
  if (url.pathname.startsWith("/api/") && request.method === "POST") {
    const method = url.pathname.slice("/api/".length);
    answer = answerTo({ method, authorization: request.headers.authorization ?? "", body: JSON.parse(text) });
  } else if (url.pathname === "/calls") answer = { status: 200, body: calls.get(channel) ?? [] };
  else if (url.pathname === "/script") {
    scripts.set(channel, JSON.parse(text));
    answer = { status: 200, body: {} };
  }
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body));
}

/** A Slack that checks what it gets, keeps it by channel, and answers as a test has scripted. Vitest's globalSetup. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake Slack has no port");
  project.provide("slackUrl", `http://127.0.0.1:${address.port}`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

declare module "vitest" {
  interface ProvidedContext {
    slackUrl: string;
  }
}
