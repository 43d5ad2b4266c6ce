import { LIMITS } from "../../schema/contracts/limits.ts";
import { type ErrorCode, Log0Error } from "../errors.ts";
import { levelOfOtelNumber } from "../events/level.ts";
import type { RawEvent } from "../events/raw-event.ts";
import { isPlausible, parseTimestamp } from "../events/timestamp.ts";

/** Nesting of attributes that is accepted: real logs have 3 or 4 levels; deep nesting only serves to break parsers. */
const MAX_ATTRIBUTE_DEPTH = 32;

/** What a request says for events that do not say it themselves. */
export interface EventDefaults {
  serviceName: string | undefined;
  environment: string;
  /** Unix ms. */
  receivedAt: number;
}

/** An event, with what the client should know of it. */
export interface ParsedEvent {
  event: RawEvent;
  /** The client's own id, for deduplication where the source asks for it. */
  clientId?: string;
  /** Why the receipt's time took the place of the log's own. */
  adjusted?: string;
}

interface Fields {
  message: string;
  level: string;
  severityNumber: number | undefined;
  serviceName: string | undefined;
  environment: string | undefined;
  trace: string | undefined;
  traceId: string | undefined;
  clientId: string | undefined;
  timestamp: string | number | undefined;
  attributes: Record<string, unknown> | undefined;
}

function refuse(code: ErrorCode, message: string): never {
  throw new Log0Error(code, message);
}

function text(value: unknown, field: string, limit: number, tooLong: ErrorCode): string {
  if (typeof value !== "string") return refuse("invalid_type", `${field} must be a string`);
  if (value.length > limit) refuse(tooLong, `${field} has ${value.length} characters; at most ${limit} are accepted`);
  return value;
}

function name(value: unknown, field: string): string | undefined {
  const trimmed = text(value, field, LIMITS.nameCharacters, "name_too_long").trim();
  return trimmed === "" ? undefined : trimmed;
}

function level(value: unknown): string {
  if (typeof value === "number") return String(value).slice(0, LIMITS.levelCharacters);
  return text(value, "level", LIMITS.levelCharacters, "level_too_long");
}

function addAttribute(fields: Fields, key: string, value: unknown): void {
  if (fields.attributes === undefined) fields.attributes = {};
  // defineProperty semantics for "__proto__", which JSON.parse yields as an own key.
  Object.defineProperty(fields.attributes, key, { value, enumerable: true, configurable: true, writable: true });
}

function addAttributes(fields: Fields, value: unknown, field: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse("invalid_type", `${field} must be an object`);
  }
  for (const [key, item] of Object.entries(value)) addAttribute(fields, key, item);
}

/** The field that a client's key stands for; several keys stand for one. */
const FIELD_OF: ReadonlyMap<string, "message" | "level" | "timestamp" | "serviceName" | "environment" | "trace"> =
  new Map([
    ["message", "message"],
    ["msg", "message"],
    ["level", "level"],
    ["severity", "level"],
    ["timestamp", "timestamp"],
    ["logTimestamp", "timestamp"],
    ["@timestamp", "timestamp"],
    ["time", "timestamp"],
    ["ts", "timestamp"],
    ["serviceName", "serviceName"],
    ["service", "serviceName"],
    ["service_name", "serviceName"],
    ["environment", "environment"],
    ["env", "environment"],
    ["trace", "trace"],
    ["stack_trace", "trace"],
    ["stack", "trace"],
  ]);

/** Whether an earlier key has filled the field: the later one is kept as an attribute. */
function isTaken(fields: Fields, key: string): boolean {
  const field = FIELD_OF.get(key);
  return field !== undefined && fields[field] !== undefined && fields[field] !== "";
}

/** One field of a client's event. Unknown fields, and second names of known ones, become attributes: nothing is dropped. */
function readField(fields: Fields, key: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (isTaken(fields, key)) {
    addAttribute(fields, key, value);
    return;
  }
  switch (key) {
    case "message":
    case "msg":
      fields.message = text(value, key, LIMITS.messageCharacters, "message_too_long");
      return;
    case "level":
    case "severity":
      fields.level = level(value);
      return;
    case "severityNumber":
      if (typeof value === "number") fields.severityNumber = value;
      else addAttribute(fields, key, value);
      return;
    case "timestamp":
    case "logTimestamp":
    case "@timestamp":
    case "time":
    case "ts":
      if (typeof value !== "string" && typeof value !== "number") {
        refuse("invalid_type", `${key} must be a string or a number`);
      }
      fields.timestamp = value;
      return;
    case "serviceName":
    case "service":
    case "service_name":
      fields.serviceName = name(value, key);
      return;
    case "environment":
    case "env":
      fields.environment = name(value, key);
      return;
    case "trace":
    case "stack_trace":
    case "stack":
      fields.trace = text(value, key, LIMITS.traceCharacters, "trace_too_long");
      return;
    case "traceId":
    case "trace_id":
      fields.traceId = name(value, key);
      return;
    case "eventId":
      fields.clientId = name(value, key);
      addAttribute(fields, key, value);
      return;
    case "metadata":
    case "attributes":
      addAttributes(fields, value, key);
      return;
    default:
      addAttribute(fields, key, value);
  }
}

/** Depth of nesting of a JSON text, without a parser's stack. */
function jsonDepth(json: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth);
    else if (code === 125 || code === 93) depth--;
  }
  return deepest;
}

function attributesText(attributes: Record<string, unknown>): string {
  let json: string;
  try {
    json = JSON.stringify(attributes);
  } catch {
    // The engine's own stack gave out: some thousand levels.
    return refuse("attributes_too_deep", `attributes are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`);
  }
  if (json.length > LIMITS.attributesCharacters) {
    refuse(
      "attributes_too_large",
      `attributes have ${json.length} characters as JSON; at most ${LIMITS.attributesCharacters} are accepted`,
    );
  }
  if (jsonDepth(json) > MAX_ATTRIBUTE_DEPTH) {
    refuse("attributes_too_deep", `attributes are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`);
  }
  return json;
}

/** The usual homes of a trace id in structured attributes. */
function traceIdOf(attributes: Record<string, unknown>): string | undefined {
  for (const key of ["trace_id", "traceId", "trace.id", "dd.trace_id"]) {
    const value = attributes[key];
    if (typeof value === "string" && value !== "" && value.length <= LIMITS.nameCharacters) return value;
  }
  return undefined;
}

function applyTimestamp(event: RawEvent, fields: Fields, receivedAt: number): string | undefined {
  if (fields.timestamp === undefined) return undefined;
  const parsed = parseTimestamp(fields.timestamp);
  if (parsed !== undefined && isPlausible(parsed.ms, receivedAt)) {
    event.timestamp = parsed.ms;
    if (parsed.nanoseconds > 0) event.nanoseconds = parsed.nanoseconds;
    return undefined;
  }
  addAttribute(fields, "log0.original_timestamp", String(fields.timestamp).slice(0, 100));
  return parsed === undefined
    ? "timestamp is in no known format: the time of receipt is used, the original is kept as an attribute"
    : "timestamp lies outside the last 30 days and the next 5 minutes: the time of receipt is used, the original is kept as an attribute";
}

/**
 * One event of a client's JSON.
 * @throws Log0Error with the named reason why this event is rejected
 */
export function parseEvent(value: unknown, defaults: EventDefaults): ParsedEvent {
  if (typeof value === "string") return parseEvent({ message: value }, defaults);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("invalid_type", "an event must be an object or a string");
  }
  const fields: Fields = {
    message: "",
    level: "",
    severityNumber: undefined,
    serviceName: undefined,
    environment: undefined,
    trace: undefined,
    traceId: undefined,
    clientId: undefined,
    timestamp: undefined,
    attributes: undefined,
  };
  for (const [key, item] of Object.entries(value)) readField(fields, key, item);
  const serviceName = fields.serviceName ?? defaults.serviceName;
  if (serviceName === undefined) {
    refuse("missing_service", "an event needs a serviceName, or the request an X-Service-Name header");
  }
  if (fields.message.trim() === "" && (fields.trace === undefined || fields.trace.trim() === "")) {
    refuse("missing_message", "an event needs a message");
  }
  if (fields.level === "" && fields.severityNumber !== undefined) {
    fields.level = levelOfOtelNumber(fields.severityNumber) ?? "";
  } else if (fields.severityNumber !== undefined) addAttribute(fields, "severityNumber", fields.severityNumber);
  const event: RawEvent = {
    serviceName,
    environment: fields.environment ?? defaults.environment,
    level: fields.level,
    message: fields.message,
  };
  const adjusted = applyTimestamp(event, fields, defaults.receivedAt);
  if (fields.trace !== undefined && fields.trace !== "") event.trace = fields.trace;
  if (fields.attributes !== undefined) {
    const traceId = fields.traceId ?? traceIdOf(fields.attributes);
    if (traceId !== undefined) event.traceId = traceId;
    event.attributes = attributesText(fields.attributes);
  } else if (fields.traceId !== undefined) event.traceId = fields.traceId;
  const parsed: ParsedEvent = { event };
  if (fields.clientId !== undefined) parsed.clientId = fields.clientId;
  if (adjusted !== undefined) parsed.adjusted = adjusted;
  return parsed;
}
