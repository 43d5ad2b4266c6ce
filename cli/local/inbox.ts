import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { EmailInbox } from "./email-inbox.ts";
import { type Served, takeFromPage } from "./inbox-clicks.ts";
import { INBOX_STYLE, renderInbox } from "./inbox-page.ts";
import { parseJson, readBody, send } from "./serve.ts";
import { InboxMessage, SlackInbox } from "./slack-inbox.ts";
import { SlackWorkspace } from "./slack-methods.ts";

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
  /** Of the Worker that answers clicks on the page; there are none when missing. */
  workerUrl?: string;
}

export interface Inbox {
  /** Of the page. */
  url: string;
  /** What takes the place of `https://slack.com/api`. */
  apiUrl: string;
  /** Where e-mails are taken, in the place of a mail server. */
  emailUrl: string;
  close(): Promise<void>;
}

/**
 * Takes the place of Slack and of a mail server on this machine: `POST /api/chat.postMessage`, `/api/chat.update` and
 * `/email`, `GET /` to read the messages, `GET /messages` and `/emails` for programs. Listens on the loopback address only.
 *
 * @throws the system's error when the port cannot be had
 */
export async function startInbox({ port, file, workerUrl }: InboxOptions): Promise<Inbox> {
  const inbox = new SlackInbox(file === undefined ? [] : load(file));
  const slack = new SlackWorkspace(inbox);
  const emails = new EmailInbox();
  const saver = new Saver(file, inbox);
  const server = createServer((request, response) => {
    handle({ inbox, slack, emails, workerUrl }, request, response)
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
    emailUrl: `${url}/email`,
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
async function handle(served: Served, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { inbox, emails } = served;
  // A page of another site whose name resolves to this machine must not read what is here.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    send(response, 403, "text/plain", "the inbox answers to 127.0.0.1 and localhost only\n");
    return false;
  }
  const path = new URL(request.url ?? "/", "http://inbox").pathname;
  const method = /^\/api\/([A-Za-z.]{1,40})$/.exec(path)?.[1];
  if (method !== undefined && request.method === "POST") return await callSlack(served, method, request, response);
  if (path === "/email" && request.method === "POST") {
    await takeEmail(emails, request, response);
    return false;
  }
  const changed = await takeFromPage(served, path, request, response);
  if (changed !== undefined) return changed;
  if (request.method !== "GET" && request.method !== "HEAD") {
    send(response, 405, "text/plain", "only GET here\n");
  } else if (path === "/") {
    send(response, 200, "text/html", renderInbox(inbox.list(), emails.list()));
  } else if (path === "/inbox.css") {
    send(response, 200, "text/css", INBOX_STYLE);
  } else if (path === "/messages") {
    send(response, 200, "application/json", JSON.stringify({ messages: inbox.list() }));
  } else if (path === "/emails") {
    send(response, 200, "application/json", JSON.stringify({ emails: emails.list() }));
  } else {
    send(response, 404, "text/plain", "there is nothing at this address\n");
  }
  return false;
}

/** Methods that only read: they take a form. */
const FORM_METHODS = new Set(["auth.test", "users.info", "users.lookupByEmail"]);

async function callSlack(
  { inbox, slack }: Served,
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
  if (FORM_METHODS.has(method)) {
    answer(slack.answer(method, Object.fromEntries(new URLSearchParams(body ?? "")), Date.now()) ?? {});
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
  const now = Date.now();
  if (method === "chat.update" || method === "chat.postMessage") {
    const result = method === "chat.update" ? inbox.update(message, now) : inbox.post(message, now);
    answer(result);
    return result.ok;
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(message);
  const result = slack.answer(method, fields.success ? fields.data : {}, now);
  answer(result ?? { ok: false, error: "unknown_method" });
  return result?.ok ?? false;
}

/** Takes a whole MIME message; the envelope is in the headers, as on the way to a mail server. */
async function takeEmail(emails: EmailInbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const [from, to] = ["x-envelope-from", "x-envelope-to"].map((name) => String(request.headers[name] ?? ""));
  const taken = body !== undefined && emails.take(body, from ?? "", to ?? "", Date.now());
  if (taken) send(response, 202, "text/plain", "taken\n");
  else send(response, 400, "text/plain", "not a mail that log0 writes\n");
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
