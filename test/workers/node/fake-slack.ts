import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { Blocks, SlackView, slackRefusal } from "../../../core/notifications/slack-blocks.ts";
import { serveOnLoopback } from "./loopback.ts";

type Fields = Record<string, unknown>;

/** A call that the fake Slack took, as it came. */
interface Call {
  method: string;
  authorization: string;
  body: Fields;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** An account, as `users.info` describes it. */
interface User {
  id: string;
  team_id: string;
  profile: { email?: string };
}

const calls = new Map<string, Call[]>();
const scripts = new Map<string, Answer[]>();
const users = new Map<string, User>();
/** Messages by channel and `ts`, with the token that posted them. */
const messages = new Map<string, string>();
const triggers = new Set<string>();
const codes = new Set<string>();
const views = new Set<string>();
let count = 0;

/** Methods that only read take a form; the others JSON. */
const FORMS = new Set(["auth.test", "users.info", "users.lookupByEmail", "oauth.v2.access"]);
/** The app that the tests install. */
const CLIENT = { id: "client-id", secret: "client-secret" };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const error = (reason: string) => ({ ok: false, error: reason });

function tokenOf(call: Call): string {
  return call.authorization.replace(/^Bearer /, "");
}

/** `xoxb-T123-…` is of the workspace T123; others are of the platform's. */
function teamOf(token: string): string {
  return /^xoxb-(T[A-Z0-9]+)-/.exec(token)?.[1] ?? "TPLATFORM";
}

/** A channel's own id, and a direct conversation's; only those can be edited in. */
function channelId(name: string): string {
  return /^[CD]-/.test(name) ? name : `C-${name}`;
}

/** What Slack would refuse in a message; undefined when it would take it. */
function messageRefusal(body: Fields): string | undefined {
  if (text(body.channel) === "") return "channel_not_found";
  if (text(body.text) === "" && body.blocks === undefined) return "no_text";
  if (text(body.text).length > 40_000) return "msg_too_long";
  if (body.blocks === undefined) return undefined;
  return slackRefusal(Blocks, body.blocks) === undefined ? undefined : "invalid_blocks";
}

const METHODS: Readonly<Record<string, (body: Fields, token: string, call: Call) => Fields>> = {
  "chat.postMessage": (body, token) => {
    const refusal = messageRefusal(body);
    if (refusal !== undefined) return error(refusal);
    const channel = channelId(text(body.channel));
    if (body.thread_ts !== undefined && !messages.has(`${channel} ${text(body.thread_ts)}`))
      return error("thread_not_found");
    const ts = `1700000000.${String(++count).padStart(6, "0")}`;
    messages.set(`${channel} ${ts}`, token);
    return { ok: true, channel, ts };
  },
  "chat.update": (body, token) => {
    const refusal = messageRefusal(body);
    if (refusal !== undefined) return error(refusal);
    const channel = text(body.channel);
    if (!/^[CD]-/.test(channel)) return error("channel_not_found");
    const owner = messages.get(`${channel} ${text(body.ts)}`);
    if (owner === undefined) return error("message_not_found");
    return owner === token ? { ok: true, channel, ts: body.ts } : error("cant_update_message");
  },
  "chat.postEphemeral": (body) =>
    messageRefusal(body) === undefined && text(body.user) !== "" ? { ok: true } : error("invalid_arguments"),
  "conversations.open": (body) =>
    users.has(text(body.users)) ? { ok: true, channel: { id: `D-${text(body.users)}` } } : error("user_not_found"),
  "views.open": (body) => {
    const trigger = text(body.trigger_id);
    if (!/^\d+\.\d+\.\w+$/.test(trigger)) return error("invalid_trigger_id");
    if (triggers.has(trigger)) return error("expired_trigger_id");
    if (slackRefusal(SlackView, body.view) !== undefined) return error("invalid_arguments");
    triggers.add(trigger);
    const id = `V${++count}`;
    views.add(id);
    return { ok: true, view: { id } };
  },
  "views.update": (body) => {
    if (!views.has(text(body.view_id))) return error("not_found");
    if (slackRefusal(SlackView, body.view) !== undefined) return error("invalid_arguments");
    return { ok: true, view: { id: body.view_id } };
  },
  "auth.test": (_, token) => ({ ok: true, team_id: teamOf(token), team: "A team", user: "log0", user_id: "UBOT" }),
  "users.info": (body) => {
    const user = users.get(text(body.user));
    return user === undefined ? error("user_not_found") : { ok: true, user };
  },
  "users.lookupByEmail": (body, token) => {
    const user = [...users.values()].find(
      ({ profile, team_id }) => profile.email === body.email && team_id === teamOf(token),
    );
    return user === undefined ? error("users_not_found") : { ok: true, user };
  },
};

/** `oauth.v2.access`: a code `code-<team>-…` is good once. */
function grant(body: Fields): Fields {
  if (body.client_id !== CLIENT.id) return error("invalid_client_id");
  if (body.client_secret !== CLIENT.secret) return error("bad_client_secret");
  if (!/^https?:\/\/\S+\/api\/v1\/slack\/oauth\/callback$/.test(text(body.redirect_uri)))
    return error("bad_redirect_uri");
  const code = text(body.code);
  const team = /^code-(T[A-Z0-9]+)-/.exec(code)?.[1];
  if (team === undefined) return error("invalid_code");
  if (codes.has(code)) return error("code_already_used");
  codes.add(code);
  return {
    ok: true,
    access_token: `xoxb-${team}-oauth`,
    token_type: "bot",
    bot_user_id: "UBOT",
    team: { id: team, name: `Team ${team}` },
  };
}

function answerOf(call: Call): Fields {
  if (call.method === "oauth.v2.access") return grant(call.body);
  const token = tokenOf(call);
  if (!/^xoxb-\S+$/.test(token)) return error("not_authed");
  if (token.endsWith("-revoked")) return error("token_revoked");
  return METHODS[call.method]?.(call.body, token, call) ?? error("unknown_method");
}

/** Calls are kept by channel; those without one by token. */
function answerTo(call: Call): Answer {
  const key = text(call.body.channel).replace(/^C-/, "") || tokenOf(call);
  const taken = calls.get(key) ?? [];
  calls.set(key, taken);
  taken.push(call);
  return scripts.get(key)?.shift() ?? { status: 200, body: answerOf(call) };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}

/** The body as the method takes it; what comes in another form is as good as nothing. */
function bodyOf(method: string, type: string, body: string): Fields {
  if (FORMS.has(method)) {
    return type.startsWith("application/x-www-form-urlencoded") ? Object.fromEntries(new URLSearchParams(body)) : {};
  }
  return type.startsWith("application/json") ? JSON.parse(body) : {};
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake-slack");
  const body = await read(request);
  const key = url.searchParams.get("channel") ?? "";
  let answer: Answer = { status: 404, body: {} };
  if (url.pathname.startsWith("/api/") && request.method === "POST") {
    const method = url.pathname.slice("/api/".length);
    const { authorization = "", "content-type": type = "" } = request.headers;
    answer = answerTo({ method, authorization, body: bodyOf(method, type, body) });
  } else if (url.pathname.startsWith("/respond/")) {
    const channel = url.pathname.slice(1);
    calls.set(channel, [
      ...(calls.get(channel) ?? []),
      { method: "respond", authorization: "", body: JSON.parse(body) },
    ]);
    answer = { status: 200, body: { ok: true } };
  } else if (url.pathname === "/calls") answer = { status: 200, body: calls.get(key) ?? [] };
  else if (url.pathname === "/script") {
    scripts.set(key, JSON.parse(body));
    answer = { status: 200, body: {} };
  } else if (url.pathname === "/users") {
    const user: User = JSON.parse(body);
    users.set(user.id, user);
    answer = { status: 200, body: {} };
  }
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body));
}

/** A Slack that checks what it gets, keeps it by channel, and answers as a test has scripted. Vitest's globalSetup. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serveOnLoopback(handle);
  project.provide("slackUrl", server.url);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    slackUrl: string;
  }
}
