import { BoundedCache } from "./bounded-cache.ts";
import { isKeyCode, MOST_PAIRS, parseLogfmt } from "./logfmt.ts";
import { isCodeKey, isErrorCode } from "./tables.ts";
import { templateText } from "./template.ts";

/** What a structured message holds, as far as grouping looks at it. */
export interface Structured {
  /** The template of its message field and its key set, `Payment failed {amount,orderId}`. */
  readonly template: string;
  /** A stack trace that one of its fields holds; empty where there is none. */
  readonly trace: string;
  /** The type of its error field, for traces that do not name one. */
  readonly exceptionType: string;
  readonly kind: "json" | "logfmt";
  /** The line of its message field, and the field of the outermost level that holds it. Empty without a message. */
  readonly line: string;
  readonly field: string;
}

/** Fields that hold the message, most telling first. */
const MESSAGE_FIELDS = [
  "msg",
  "message",
  "Message",
  "MESSAGE",
  "@message",
  "@m",
  "@mt",
  "log",
  "event",
  "event_name",
  "eventName",
  "error",
  "err",
  "exception",
  "body",
  "text",
  "reason",
  "description",
  "title",
  "detail",
];

const ERROR_FIELDS = ["error", "err", "exception", "exc", "cause"];

const ERROR_MESSAGES = ["message", "msg", "error", "reason", "detail", "description", "code", "type", "name"];

const TRACE_FIELDS = [
  "stack",
  "stacktrace",
  "stack_trace",
  "stackTrace",
  "trace",
  "backtrace",
  "exc_info",
  "exception",
  "traceback",
  "error.stack",
  "error.stack_trace",
  "exception.stacktrace",
  "@x",
];

const TYPE_FIELDS = ["type", "name", "class", "kind", "exception_class", "error.type", "error.kind", "exception.type"];

/**
 * Fields that loggers, collectors and tracing add: they come and go with the deployment, not with the statement, so
 * that they are no part of a key set.
 */
const ENVELOPE = new Set([
  ...MESSAGE_FIELDS,
  ...TRACE_FIELDS,
  ..."time ts timestamp @timestamp datetime date t @t level lvl severity loglevel log_level levelname @l logger logger_name loggerName name caller source file line func function module thread thread_name threadName process pid ppid tid hostname host pod container node instance region zone env environment service service_name serviceName service.name app application version v build commit release trace_id traceId traceid trace.id span_id spanId spanid span.id parent_id request_id requestId req_id reqId correlation_id correlationId x-request-id stream tag tags labels fields @version schema sampled".split(
    " ",
  ),
]);

/** A key set of more names than this is data (a map by id), not a schema. */
const MOST_KEYS = 32;

/** Deeper messages in messages are left as text. */
const DEEPEST = 3;

type Fields = Readonly<Record<string, unknown>>;

/** What the names of an object's fields tell, the same for all lines of one statement. */
interface Shape {
  readonly keySet: string;
  readonly messages: readonly string[];
  readonly errors: readonly string[];
  readonly traces: readonly string[];
  /** Names of error codes. */
  readonly codes: readonly string[];
}

/** Characters of field names kept in each of two generations. */
const SHAPE_CHARACTERS = 500_000;

const shapes = new BoundedCache<Shape>(SHAPE_CHARACTERS);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const EVERY_FIELD = { messages: MESSAGE_FIELDS, errors: ERROR_FIELDS, traces: TRACE_FIELDS, codes: [] };

function shapeOf(fields: Fields): Shape {
  const names = Object.keys(fields);
  // So many names are data: they would only push shapes out of the cache.
  if (names.length > MOST_PAIRS) return { ...EVERY_FIELD, keySet: " {<list>}" };
  const key = names.join("\n");
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const present = new Set(names);
  const among = (candidates: readonly string[]): string[] => candidates.filter((name) => present.has(name));
  const made = {
    keySet: keySet(names),
    messages: among(MESSAGE_FIELDS),
    errors: among(ERROR_FIELDS),
    traces: among(TRACE_FIELDS),
    codes: names.filter(isCodeKey),
  };
  shapes.set(key, made, made.keySet.length);
  return made;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** The text of the first field that has one: itself, or what the message field of an error holds. */
function messageOf(fields: Fields, names: readonly string[], depth: number): { field: string; text: string } {
  for (const field of names) {
    const value = fields[field];
    const text = textOf(value);
    if (text !== "") return { field, text };
    const found = depth > 0 && isFields(value) ? messageOf(value, ERROR_MESSAGES, depth - 1).text : "";
    if (found !== "") return { field, text: found };
  }
  return { field: "", text: "" };
}

function keySet(fields: readonly string[]): string {
  const names = new Set<string>();
  for (const name of fields) {
    if (ENVELOPE.has(name)) continue;
    names.add(/[0-9/@]/.test(name) || name.length > 64 ? templateText(name) : name);
    if (names.size > MOST_KEYS) return " {<list>}";
  }
  return names.size === 0 ? "" : ` {${[...names].sort().join(",")}}`;
}

function firstText(fields: Fields, names: readonly string[]): string {
  for (const name of names) {
    const text = textOf(fields[name]);
    if (text !== "") return text;
  }
  return "";
}

/** A stack among the fields, or in the fields of an error. */
function traceIn(fields: Fields, shape: Shape): string {
  const own = firstText(fields, shape.traces);
  if (own.includes("\n")) return own;
  for (const name of shape.errors) {
    const inner = fields[name];
    const text = isFields(inner) ? firstText(inner, TRACE_FIELDS) : "";
    if (text.includes("\n")) return text;
  }
  return "";
}

/** What the name of a type looks like, in any language. */
const TYPE_NAME = /^[\w.$\\:]{2,128}$/;

function typeIn(fields: Fields, shape: Shape): string {
  for (const name of shape.errors) {
    const inner = fields[name];
    const type = isFields(inner) ? firstText(inner, TYPE_FIELDS) : "";
    if (TYPE_NAME.test(type)) return type;
  }
  const flat = firstText(fields, FLAT_TYPES);
  return TYPE_NAME.test(flat) ? flat : "";
}

const FLAT_TYPES = ["error.type", "exception.type", "error.kind", "exception_class"];

const ERROR_TEXTS = ["message", "msg", "error", "reason", "detail", "description"];

const errorIn = (value: unknown): string => (isFields(value) ? firstText(value, ERROR_TEXTS) : textOf(value));

/** What is left of a chain must say something: `no rows in result set`, not `404`. */
const TELLING = /^[A-Za-z][\w'-]* [\w'-]+/;

/** The last link of a chain of errors, `svc: policy lookup: no rows in result set`: the way to it differs. */
function rootOf(error: string): string {
  const colon = error.lastIndexOf(": ");
  const root = colon < 0 ? "" : error.slice(colon + 2);
  return TELLING.test(root) ? root : error;
}

/** What an error field adds to the message: `charge failed` with a deadline or with a refused connection are two. */
function errorText(fields: Fields, message: string, shape: Shape): string {
  const names = shape.errors.filter((name) => name !== message);
  const text = names.map((name) => errorIn(fields[name])).find((found) => found !== "") ?? "";
  const end = text.indexOf("\n");
  const code = shape.codes.map((name) => textOf(fields[name])).find(isErrorCode);
  const error = text === "" ? "" : `: ${templateText(rootOf(end < 0 ? text : text.slice(0, end)))}`;
  return code === undefined ? error : `${error}: ${code}`;
}

function fromFields(kind: Structured["kind"], fields: Fields, depth: number): Structured {
  const shape = shapeOf(fields);
  const { field, text: message } = messageOf(fields, shape.messages, 3);
  const inner = depth > 0 && message !== "" ? parseStructured(message, depth - 1) : undefined;
  const end = message.indexOf("\n");
  const line = end < 0 ? message : message.slice(0, end);
  const trace = traceIn(fields, shape);
  return {
    template: `${inner?.template ?? templateText(line)}${errorText(fields, field, shape)}${shape.keySet}`.trim(),
    trace: trace !== "" ? trace : (inner?.trace ?? (end < 0 ? "" : message)),
    exceptionType: typeIn(fields, shape) || (inner?.exceptionType ?? ""),
    kind,
    line: inner === undefined || inner.line === "" ? line : inner.line,
    field,
  };
}

/** The characters from which a JSON text is deeper than any log's: recursion on it is not worth its risk. */
const DEEPEST_JSON = 64;

function isShallow(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 123 || code === 91) {
      if (++depth > DEEPEST_JSON) return false;
    } else if (code === 125 || code === 93) depth--;
  }
  return true;
}

function parseJson(text: string): Fields | undefined {
  if (!isShallow(text)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether pairs hold a message; pairs without one are a plain message with pairs. */
const hasMessage = (fields: Fields): boolean =>
  ["msg", "message", "event", "error", "err", "log"].some((name) => textOf(fields[name]) !== "");

/** Reads a message that is itself JSON or logfmt; undefined when it is neither. */
export function parseStructured(message: string, depth = DEEPEST): Structured | undefined {
  const first = message.charCodeAt(0);
  if (first === 123) {
    const text = message.trimEnd();
    const fields = text.endsWith("}") ? parseJson(text) : undefined;
    return fields === undefined ? undefined : fromFields("json", fields, depth);
  }
  if (!isKeyCode(first)) return undefined;
  let at = 1;
  while (at < 64 && isKeyCode(message.charCodeAt(at))) at++;
  if (message.charCodeAt(at) !== 61) return undefined;
  const fields = parseLogfmt(message);
  return fields !== undefined && hasMessage(fields) ? fromFields("logfmt", fields, depth) : undefined;
}
