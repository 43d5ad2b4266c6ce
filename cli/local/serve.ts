import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PAGE_POLICY } from "./inbox-page.ts";

/** A message of 50 blocks stays far below this. */
const MAX_BODY_BYTES = 1024 * 1024;

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    // Not "no-referrer": with it browsers do not say where a form comes from.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  });
  response.end(body);
}

/** The body as text; undefined when it is too long. It is read to its end all the same, so that the answer arrives. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  request.on("data", (part: Buffer) => {
    size += part.byteLength;
    if (size <= MAX_BODY_BYTES) parts.push(part);
  });
  await once(request, "end");
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(parts).toString();
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
