import * as z from "zod";
import { LIVE_LIMITS } from "./limits.ts";
import { FilterFields } from "./live-filter.ts";

/** Sent as it stands here, the platform answers it without waking the object (`setWebSocketAutoResponse`). */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

/** What a client may say. */
export const ClientMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ack"), seq: z.int().min(0) }),
  FilterFields.extend({ type: z.literal("filter") }),
  z.strictObject({ type: z.literal("ping") }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** Either a message, or why it is none: short enough for a close reason (123 bytes). */
export type ReadMessage = { message: ClientMessage } | { error: string };

/** Reads what a client sent. Never throws. */
export function readClientMessage(data: string | ArrayBuffer): ReadMessage {
  if (typeof data !== "string") return { error: "binary messages mean nothing here" };
  if (data.length > LIVE_LIMITS.clientMessageCharacters) return { error: "the message is too long" };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { error: "the message is not JSON" };
  }
  const parsed = ClientMessage.safeParse(json);
  if (parsed.success) return { message: parsed.data };
  // Only names that are ours: a field that the client invented may hold anything, at any length.
  const path = parsed.error.issues[0]?.path[0];
  const field = ["type", "seq", "level", "service", "environment", "q"].find((known) => known === path);
  return { error: field === undefined ? "unknown message or field" : `the field ${field} is wrong` };
}
