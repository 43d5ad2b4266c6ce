import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { EmailInbox } from "./email-inbox.ts";
import { renderModal } from "./inbox-page.ts";
import { parseJson, readBody, send } from "./serve.ts";
import { clickPayload, sendInteraction, submissionPayload } from "./slack-click.ts";
import type { SlackInbox } from "./slack-inbox.ts";
import type { SlackWorkspace } from "./slack-methods.ts";

const Whisper = z.object({ text: z.string().min(1) });

/** What the inbox serves. */
export interface Served {
  inbox: SlackInbox;
  slack: SlackWorkspace;
  emails: EmailInbox;
  workerUrl: string | undefined;
}

function goTo(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, "cache-control": "no-store" });
  response.end();
}

/**
 * What comes from the page by a click, and what log0 answers to it, in the place of Slack.
 * @returns whether the messages changed; undefined when the request is about something else
 */
export async function takeFromPage(
  { inbox, slack, workerUrl }: Served,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean | undefined> {
  if (path === "/modal" && request.method === "GET") {
    if (slack.modal === undefined) goTo(response, "/");
    else send(response, 200, "text/html", renderModal(slack.modal.view));
    return false;
  }
  if (request.method !== "POST" || !["/click", "/modal", "/respond"].includes(path)) return undefined;
  const body = (await readBody(request)) ?? "";
  if (path === "/respond") {
    const whisper = Whisper.safeParse(parseJson(body));
    if (whisper.success) slack.whisper(whisper.data.text, Date.now());
    send(response, whisper.success ? 200 : 400, "text/plain", whisper.success ? "ok" : "no_text");
    return whisper.success;
  }
  // A page of another site may not click here: browsers name their origin with every form.
  if (request.headers.origin !== `http://${request.headers.host}`) {
    send(response, 403, "text/plain", "clicks come from this page only\n");
    return false;
  }
  const fields = new URLSearchParams(body);
  const { modal } = slack;
  const { ts, block, action } = {
    ts: fields.get("ts") ?? "",
    block: fields.get("block") ?? "",
    action: fields.get("action") ?? "",
  };
  const payload =
    path === "/click"
      ? clickPayload(
          inbox.list(),
          { ts, block, action, choice: fields.get("choice") ?? undefined },
          `http://${request.headers.host}`,
        )
      : modal && submissionPayload(modal, fields);
  const taken =
    payload !== undefined && workerUrl !== undefined && (await sendInteraction(workerUrl, payload, Date.now()));
  if (!taken) {
    send(response, payload === undefined ? 400 : 502, "text/plain", "log0 did not take the click\n");
    return false;
  }
  slack.modal = path === "/modal" ? undefined : modal;
  // Assign opens a modal, which comes within the second.
  const opens = path === "/click" && action === "assign";
  if (opens) await slack.nextModal(modal?.id);
  goTo(response, opens ? "/modal" : path === "/click" ? `/#m${encodeURIComponent(ts)}` : "/");
  return false;
}
