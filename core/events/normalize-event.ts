import { Grouping } from "../grouping/group-event.ts";
import type { NormalizedEvent } from "../wire/columns.ts";
import { findLevel, parseLevel } from "./level.ts";
import type { RawEvent } from "./raw-event.ts";

/** How logs are grouped where a tenant has set nothing. */
export const PLAIN_GROUPING = new Grouping();

/**
 * Level, timestamp, template and fingerprint of an event: a pure function of the event, its receipt and the grouping.
 * @param receivedAt Unix ms
 */
export function normalizeEvent(event: RawEvent, receivedAt: number, grouping = PLAIN_GROUPING): NormalizedEvent {
  const message = event.message.trim();
  const level = (event.level === "" ? findLevel(message) : parseLevel(event.level)) ?? "INFO";
  const found = { ...event, message, level, timestamp: event.timestamp ?? receivedAt };
  // Not another copy: this is done for every line.
  return Object.assign(found, { pattern: grouping.group(found).pattern });
}
