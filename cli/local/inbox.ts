import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { INBOX_STYLE, PAGE_POLICY, renderInbox } from "./inbox-page.ts";
import { InboxMessage, SlackInbox } from "./slack-inbox.ts";

/** A message of 50 blocks stays far below this. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Edits come in bursts; one write of the file serves them. */
const SAVE_DELAY_MS = 200;

export interface InboxOptions {
  /** 0 for a free one. */
  port: number;
  /**
   * Where messages outlive a restart: log0's database remembers which message shows an incident, and edits that one.
   * In memory only when missing.
   */
  file?: string;
}

export interface Inbox {
  /** Of the page. */
  url: string;
  /** What takes the place of `https://slack.com/api`. */
  apiUrl: string;
  close(): Promise<void>;
}

/**
 * Takes the place of Slack on this machine: `POST /api/chat.postMessage` and `/api/chat.update`, `GET /` to read the
 * messages, `GET /messages` for programs. Listens on the loopback address only.
 *
 * @throws the system's error when the port cannot be had
 */
export async function startInbox({ port, file }: InboxOptions): Promise<Inbox> {
  const inbox = new SlackInbox(file === undefined ? [] : load(file));
  const saver = new Saver(file, inbox);
  const server = createServer((request, response) => {
    handle(inbox, request, response)
      .then((changed) => {
        if (changed) saver.soon();
      })
      .catch((error: unknown) => {
        // The connection broke, or a bug: the inbox goes on.
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : port}`;
  return {
    url: `${url}/`,
    apiUrl: `${url}/api`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      saver.now();
    },
  };
}

/** Answers a request. @returns whether the messages changed */
async function handle(inbox: SlackInbox, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  // A page of another site whose name resolves to this machine must not read what is here.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    send(response, 403, "text/plain", "the inbox answers to 127.0.0.1 and localhost only\n");
    return false;
  }
  const path = new URL(request.url ?? "/", "http://inbox").pathname;
  const method = /^\/api\/(chat\.postMessage|chat\.update)$/.exec(path)?.[1];
  if (method !== undefined && request.method === "POST") return await callSlack(inbox, method, request, response);
  if (request.method !== "GET" && request.method !== "HEAD") {
    send(response, 405, "text/plain", "only GET here\n");
  } else if (path === "/") {
    send(response, 200, "text/html", renderInbox(inbox.list()));
  } else if (path === "/inbox.css") {
    send(response, 200, "text/css", INBOX_STYLE);
  } else if (path === "/messages") {
    send(response, 200, "application/json", JSON.stringify({ messages: inbox.list() }));
  } else {
    send(response, 404, "text/plain", "there is nothing at this address\n");
  }
  return false;
}

async function callSlack(
  inbox: SlackInbox,
  method: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const answer = (body: object) => send(response, 200, "application/json", JSON.stringify(body));
  const body = await readBody(request);
  if (!/^Bearer \S+$/.test(request.headers.authorization ?? "")) {
    answer({ ok: false, error: "not_authed" });
    return false;
  }
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    answer({ ok: false, error: "invalid_post_type" });
    return false;
  }
  const message = body === undefined ? undefined : parseJson(body);
  if (message === undefined) {
    answer({ ok: false, error: body === undefined ? "request_too_large" : "invalid_json" });
    return false;
  }
  const result = method === "chat.update" ? inbox.update(message, Date.now()) : inbox.post(message, Date.now());
  answer(result);
  return result.ok;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  response.end(body);
}

/** The body as text; undefined when it is too long. It is read to its end all the same, so that the answer arrives. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  request.on("data", (part: Buffer) => {
    size += part.byteLength;
    if (size <= MAX_BODY_BYTES) parts.push(part);
  });
  await once(request, "end");
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(parts).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes the messages to their file, if there is one, a moment after they changed. */
class Saver {
  private readonly file: string | undefined;
  private readonly inbox: SlackInbox;
  private timer: NodeJS.Timeout | undefined;

  constructor(file: string | undefined, inbox: SlackInbox) {
    this.file = file;
    this.inbox = inbox;
  }

  soon(): void {
    if (this.file !== undefined) this.timer ??= setTimeout(() => this.now(), SAVE_DELAY_MS);
  }

  now(): void {
    if (this.file === undefined || this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    // Renamed into its place: a crash leaves the old file or the new one.
    writeFileSync(`${this.file}.new`, JSON.stringify(this.inbox.list().toReversed()));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** The messages of an earlier run; none when the file is not there or was written by another version. */
function load(file: string): InboxMessage[] {
  try {
    return z.array(InboxMessage).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return [];
  }
}
