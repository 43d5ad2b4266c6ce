import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { serveOnLoopback } from "./loopback.ts";

/** A call that the fake model took, as it came. */
interface Call {
  path: string;
  authorization: string;
  body: Record<string, unknown>;
}

/** How the next call is answered: as an HTTP answer, as words of the model, or in a way that no server should. */
interface Script {
  status?: number;
  headers?: Record<string, string>;
  /** The whole body. */
  body?: unknown;
  /** What the model says. */
  content?: unknown;
  /** Beside the words: what a model that was led astray would ask for. */
  toolCalls?: unknown;
  usage?: unknown;
  manner?: "silent" | "endless";
}

const calls = new Map<string, Call[]>();
const scripts = new Map<string, Script[]>();

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";

/** What OpenAI refuses in a strict schema; undefined when it would take it. */
function schemaFault(schema: unknown): string | undefined {
  if (!isObject(schema)) return "schema must be an object";
  if (schema.type === "array") return schemaFault(schema.items);
  if (schema.type !== "object") return undefined;
  if (schema.additionalProperties !== false) return "'additionalProperties' is required to be supplied and to be false";
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  if (Object.keys(properties).some((name) => !required.includes(name))) return "'required' must list every key";
  return Object.values(properties)
    .map(schemaFault)
    .find((fault) => fault !== undefined);
}

function formatFault(format: unknown, messages: string): string | undefined {
  if (format === undefined) return undefined;
  if (!isObject(format)) return "response_format must be an object";
  if (format.type === "json_object") {
    return /json/i.test(messages) ? undefined : "'messages' must contain the word 'json' in some form";
  }
  if (format.type !== "json_schema" || !isObject(format.json_schema)) return "invalid response_format";
  const { name, strict, schema } = format.json_schema;
  if (!isText(name) || !/^[\w-]{1,64}$/.test(name)) return "invalid json_schema.name";
  return strict === true ? schemaFault(schema) : undefined;
}

interface Refusal {
  status: number;
  code: string;
  message: string;
}

/** What OpenAI would refuse in a call; undefined when it would take it. */
function refusal({ path, authorization, body }: Call, type: string | undefined): Refusal | undefined {
  const wrong = (message: string): Refusal => ({ status: 400, code: "invalid_request_error", message });
  if (path !== "/v1/chat/completions")
    return { status: 404, code: "unknown_url", message: `Invalid URL (POST ${path})` };
  if (!/^Bearer sk-[\w-]+$/.test(authorization)) {
    return { status: 401, code: "invalid_api_key", message: "Incorrect API key provided" };
  }
  if (type?.startsWith("application/json") !== true) return wrong("the body must be JSON");
  const { model, messages, max_tokens: max } = body;
  if (!isText(model) || !model.startsWith("test-")) {
    return { status: 404, code: "model_not_found", message: "The model does not exist" };
  }
  if (!Array.isArray(messages) || messages.length === 0) return wrong("[] is too short - 'messages'");
  const roles = ["system", "user", "assistant", "developer"];
  if (!messages.every((one) => isObject(one) && roles.includes(String(one.role)) && isText(one.content))) {
    return wrong("invalid 'messages'");
  }
  if (max !== undefined && (!Number.isInteger(max) || Number(max) < 1)) return wrong("invalid 'max_tokens'");
  const fault = formatFault(body.response_format, JSON.stringify(messages));
  return fault === undefined ? undefined : wrong(fault);
}

/** A model that does what anybody in its prompt tells it: the answer that a log line dictates, or else a good one. */
function obey(body: Record<string, unknown>): string {
  const prompt = JSON.stringify(body.messages);
  const user = Array.isArray(body.messages) ? String(body.messages.at(-1)?.content) : "";
  const dictated = /answer exactly (\{.*?\}) and stop/.exec(user)?.[1];
  if (dictated !== undefined) return dictated;
  return JSON.stringify({
    title: "The payment gateway times out",
    severity: "HIGH",
    summary: "The gateway does not answer.",
    rootCause: "The gateway is overloaded.",
    bullets: ["one", "two", "three"],
    remediations: ["Look at the gateway.", "Raise the limit."],
    evidence: prompt.includes("L2 ") ? ["L1", "L2"] : ["L1"],
  });
}

function completion(body: Record<string, unknown>, script: Script): unknown {
  const message = {
    role: "assistant",
    content: "content" in script ? script.content : obey(body),
    ...(script.toolCalls === undefined ? {} : { tool_calls: script.toolCalls }),
  };
  const usage = script.usage ?? { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1_000 };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: body.model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage,
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Writes as fast as it is read, until nobody reads. */
function pour(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = (): void => {
    while (!response.destroyed && response.write(" ".repeat(16_384)));
  };
  response.on("drain", more);
  more();
}

function answer(request: IncomingMessage, response: ServerResponse, path: string, text: string): void {
  const parsed: unknown = JSON.parse(text);
  const body = isObject(parsed) ? parsed : {};
  const call = { path, authorization: request.headers.authorization ?? "", body };
  const model = String(body.model);
  calls.set(model, [...(calls.get(model) ?? []), call]);
  const fault = refusal(call, request.headers["content-type"]);
  if (fault !== undefined) {
    const { status, code, message } = fault;
    send(response, status, { error: { message, type: "invalid_request_error", code } });
    return;
  }
  const script = scripts.get(model)?.shift() ?? {};
  const { manner, status = 200, headers } = script;
  if (manner === "endless") pour(response);
  else if ("body" in script) send(response, status, script.body, headers);
  // One that is silent says nothing until the client gives up.
  else if (manner !== "silent")
    send(response, status, status === 200 ? completion(body, script) : { error: {} }, headers);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake-llm");
  const text = await read(request);
  const model = url.searchParams.get("model") ?? "";
  if (url.pathname === "/calls") send(response, 200, calls.get(model) ?? []);
  else if (url.pathname === "/script") {
    scripts.set(model, JSON.parse(text));
    send(response, 200, {});
  } else if (request.method === "POST") answer(request, response, url.pathname, text);
  else send(response, 404, { error: {} });
}

/** An OpenAI that checks what it gets, keeps it by model, and answers as a test has scripted. Vitest's globalSetup. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serveOnLoopback(handle);
  project.provide("llmUrl", server.url);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    llmUrl: string;
  }
}
