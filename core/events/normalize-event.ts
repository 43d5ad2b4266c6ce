import { fingerprint, normalizeMessage } from "../normalize/index.ts";
import type { NormalizedEvent, Pattern } from "../wire/columns.ts";
import { findLevel, parseLevel } from "./level.ts";
import type { RawEvent } from "./raw-event.ts";

/** Patterns remembered per isolate. The value is a function of the key: what is forgotten is only computed again. */
const MAX_PATTERNS = 20_000;
const patterns = new Map<string, Pattern>();

function patternOf(serviceName: string, message: string, trace: string | undefined): Pattern {
  const { template, exceptionType, firstStackFrame } = normalizeMessage(message, trace);
  const key = `${serviceName}\u0000${template}\u0000${exceptionType}\u0000${firstStackFrame}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const pattern: Pattern = {
    template,
    exceptionType,
    fingerprint: fingerprint({ serviceName, messageTemplate: template, exceptionType, firstStackFrame }),
  };
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(key, pattern);
  return pattern;
}

/**
 * Level, timestamp, template and fingerprint of an event: a pure function of the event and its receipt.
 * @param receivedAt Unix ms
 */
export function normalizeEvent(event: RawEvent, receivedAt: number): NormalizedEvent {
  const message = event.message.trim();
  const level = event.level === "" ? findLevel(message) : parseLevel(event.level);
  return {
    ...event,
    message,
    level: level ?? "INFO",
    timestamp: event.timestamp ?? receivedAt,
    pattern: patternOf(event.serviceName, message, event.trace),
  };
}
