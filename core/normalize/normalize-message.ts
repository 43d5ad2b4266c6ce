import { BoundedCache, owned } from "./bounded-cache.ts";
import { parseStackTrace, type StackTrace } from "./stack/parse.ts";
import { parseStructured, type Structured } from "./structured.ts";
import { templateText } from "./template.ts";

/** What of a log makes it the same problem as another. Empty strings where there is none. */
export interface NormalizedMessage {
  readonly template: string;
  readonly exceptionType: string;
  readonly firstStackFrame: string;
}

/** Characters of traces in each of two generations: 4 MB of an isolate's 128. */
const TRACE_CHARACTERS = 1_000_000;

/** Longer traces are parsed anew: they would push too many others out. */
const LONGEST_CACHED = 16_384;

const NO_TRACE: StackTrace = { language: "java", exceptionType: "", firstStackFrame: "", header: "" };

const traces = new BoundedCache<StackTrace>(TRACE_CHARACTERS);

function ownedTrace(trace: StackTrace): StackTrace {
  return {
    language: trace.language,
    exceptionType: owned(trace.exceptionType),
    firstStackFrame: owned(trace.firstStackFrame),
    header: owned(trace.header),
  };
}

/** The same as `parseStackTrace`, remembered, without the root cause. */
function traceOf(text: string): StackTrace | undefined {
  if (text.length > LONGEST_CACHED) return parseStackTrace(text);
  let found = traces.get(text);
  if (found === undefined) {
    const parsed = parseStackTrace(text);
    found = parsed === undefined ? NO_TRACE : ownedTrace(parsed);
    traces.set(text, found, found.header.length + found.firstStackFrame.length + found.exceptionType.length);
  }
  return found === NO_TRACE ? undefined : found;
}

/** First lines that announce a trace and say nothing themselves. */
const ANNOUNCES =
  /^(?:Traceback \(most recent call last\):|goroutine \d+ |Stack trace:|Unhandled exception\.?:?$|Uncaught exception:?$|panic:$|error:$|exception:$|thread .{1,80} panicked at [^ ]{1,200}:$)/i;

/** The first line of a message that says something. */
function firstLine(message: string): string {
  for (let from = 0; from < message.length; ) {
    const end = message.indexOf("\n", from);
    const line = message.slice(from, end < 0 ? message.length : end).trim();
    if (line !== "") return line;
    if (end < 0) break;
    from = end + 1;
  }
  return "";
}

function withTrace(template: string, trace: StackTrace | undefined, type: string): NormalizedMessage {
  return {
    template,
    exceptionType: trace === undefined || trace.exceptionType === "" ? type : trace.exceptionType,
    firstStackFrame: trace?.firstStackFrame ?? "",
  };
}

/** How a log was read: what a page needs that explains its group. */
export interface Reading {
  readonly normalized: NormalizedMessage;
  /** The line whose template it is; empty for structured messages. */
  readonly line: string;
  readonly structured?: Structured;
  readonly trace?: StackTrace;
}

function reading(
  template: string,
  line: string,
  trace: StackTrace | undefined,
  structured: Structured | undefined,
): Reading {
  return {
    normalized: withTrace(template, trace, structured?.exceptionType ?? ""),
    line,
    ...(structured === undefined ? {} : { structured }),
    ...(trace === undefined ? {} : { trace }),
  };
}

/** Reads a message that begins with no white space; see `normalizeMessage`. */
export function readMessage(start: string, trace: string): Reading {
  const pairs = parseStructured(start);
  if (pairs !== undefined) {
    const text = trace === "" ? pairs.trace : trace;
    return reading(pairs.template, "", text === "" ? undefined : traceOf(text), pairs);
  }
  if (start.indexOf("\n") < 0) {
    return reading(templateText(start), start, trace === "" ? undefined : traceOf(trace), undefined);
  }
  const found = (trace === "" ? undefined : traceOf(trace)) ?? traceOf(start);
  const line = firstLine(start);
  const head = found !== undefined && found.header !== "" && ANNOUNCES.test(line) ? found.header : line;
  return reading(templateText(head), head, found, undefined);
}

/** A message without the white space before it. */
export function withoutLead(message: string): string {
  return message.charCodeAt(0) <= 32 ? message.trimStart() : message;
}

/**
 * The template, exception type and first frame of a log: structured messages (JSON, logfmt) by their message field and
 * key set, messages of several lines by the first and the trace that they hold. Pure, linear, and total: any string of
 * UTF-16 units has a result. What it keeps in memory is bounded.
 *
 * @param trace the event's own stack trace; the message is searched for one where it is missing
 */
export function normalizeMessage(message: string, trace = ""): NormalizedMessage {
  return readMessage(withoutLead(message), trace).normalized;
}

/**
 * The template of a bare message, without service or trace. Where the message holds a stack trace, the type of its
 * exception follows on a second line, because it belongs to what makes the problem.
 */
export function group(content: string): string {
  const { template, exceptionType } = normalizeMessage(content);
  return exceptionType === "" ? template : `${template}\n${exceptionType}`;
}
